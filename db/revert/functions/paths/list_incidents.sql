-- Revert pgtill:functions/paths/list_incidents from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_incidents(bigint, text, text, integer);

COMMIT;
