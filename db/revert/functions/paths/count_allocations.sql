-- Revert pgtill:functions/paths/count_allocations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.count_allocations(paths.placement[]);

COMMIT;
