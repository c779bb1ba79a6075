-- Revert pgtill:functions/paths/path_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.path_payload(paths.path_registry);

COMMIT;
