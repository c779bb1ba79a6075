-- Revert pgtill:functions/ledger/continue_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER entries_continue_accounts ON ledger.entries;
DROP FUNCTION ledger.continue_accounts();

COMMIT;
