-- Revert pgtill:functions/ledger/open_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.open_accounts(jsonb);

COMMIT;
