-- Revert pgtill:functions/paths/list_manufacturers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_manufacturers(bigint, text, integer, integer, integer);

COMMIT;
