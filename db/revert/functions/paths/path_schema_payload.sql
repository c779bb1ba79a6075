-- Revert pgtill:functions/paths/path_schema_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.path_schema_payload(paths.manufacturer_path_schemas);

COMMIT;
