-- Revert pgtill:functions/ledger/refuse_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER currencies_append_only ON ledger.currencies;
DROP TRIGGER accounts_append_only ON ledger.accounts;
DROP TRIGGER journals_append_only ON ledger.journals;
DROP TRIGGER entries_append_only ON ledger.entries;
DROP FUNCTION ledger.refuse_change();

COMMIT;
