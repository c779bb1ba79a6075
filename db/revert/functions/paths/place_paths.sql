-- Revert pgtill:functions/paths/place_paths from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.place_paths(jsonb[], boolean, boolean);

COMMIT;
