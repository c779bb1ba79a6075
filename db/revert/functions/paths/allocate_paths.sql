-- Revert pgtill:functions/paths/allocate_paths from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.allocate_paths(jsonb);

COMMIT;
