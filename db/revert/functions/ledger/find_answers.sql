-- Revert pgtill:functions/ledger/find_answers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.find_answers(jsonb);

COMMIT;
