-- Revert pgtill:types/paths/placement from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TYPE paths.placement;

COMMIT;
