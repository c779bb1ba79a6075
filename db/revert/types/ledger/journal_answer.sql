-- Revert pgtill:types/ledger/journal_answer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TYPE ledger.journal_answer;

COMMIT;
