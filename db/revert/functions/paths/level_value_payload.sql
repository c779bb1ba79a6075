-- Revert pgtill:functions/paths/level_value_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.level_value_payload(paths.path_level_values);

COMMIT;
