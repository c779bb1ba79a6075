-- Verify pgtill:types/paths/placement on pg

BEGIN;

SELECT NULL::paths.placement;

ROLLBACK;
