-- Revert pgtill:functions/ledger/get_account from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.get_account(bigint, text);

COMMIT;
