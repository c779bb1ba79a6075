-- Revert pgtill:tables/paths/path_level_values from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.path_level_values;

COMMIT;
