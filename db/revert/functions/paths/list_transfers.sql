-- Revert pgtill:functions/paths/list_transfers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_transfers(text, integer, boolean);

COMMIT;
