-- Revert pgtill:tables/paths/manufacturer_path_schemas from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.manufacturer_path_schemas;

COMMIT;
