-- Revert pgtill:functions/ledger/asked_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.asked_accounts(bigint, text);

COMMIT;
