-- Revert pgtill:functions/ledger/lock_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.lock_accounts(jsonb);

COMMIT;
