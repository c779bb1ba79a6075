-- Revert pgtill:functions/paths/list_level_values from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_level_values(bigint, text, integer, integer, integer, integer, integer);

COMMIT;
