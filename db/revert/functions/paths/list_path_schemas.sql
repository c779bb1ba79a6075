-- Revert pgtill:functions/paths/list_path_schemas from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_path_schemas(bigint, text, integer, integer);

COMMIT;
