-- Revert pgtill:functions/paths/list_transfers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_transfers(bigint, text, text, integer, boolean);

COMMIT;
