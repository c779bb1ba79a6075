-- Revert pgtill:functions/ledger/uncovered_account from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.uncovered_account(text);

COMMIT;
