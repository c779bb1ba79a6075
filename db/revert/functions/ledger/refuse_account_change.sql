-- Revert pgtill:functions/ledger/refuse_account_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER accounts_moved_by_entries ON ledger.accounts;
DROP FUNCTION ledger.refuse_account_change();

COMMIT;
