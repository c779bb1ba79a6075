-- Revert pgtill:functions/ledger/check_journal from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER journals_balance ON ledger.journals;
DROP FUNCTION ledger.check_journal();

COMMIT;
