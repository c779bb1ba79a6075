-- Revert pgtill:functions/ledger/broken_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.broken_accounts(bigint, text);

COMMIT;
