-- Revert pgtill:functions/paths/name_paths from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.name_paths(jsonb[]);

COMMIT;
