-- Revert pgtill:functions/ledger/judge_journal from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.judge_journal(jsonb);

COMMIT;
