-- Revert pgtill:functions/paths/list_paths from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_paths(bigint, text, integer, text, text, integer);

COMMIT;
