-- Revert pgtill:functions/ledger/list_currencies from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.list_currencies();

COMMIT;
