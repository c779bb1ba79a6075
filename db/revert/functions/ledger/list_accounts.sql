-- Revert pgtill:functions/ledger/list_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.list_accounts(bigint, text, integer, text);

COMMIT;
