-- Revert pgtill:functions/ledger/withdraw_answers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.withdraw_answers(ledger.journal_answer[]);

COMMIT;
