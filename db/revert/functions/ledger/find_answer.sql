-- Revert pgtill:functions/ledger/find_answer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.find_answer(jsonb);

COMMIT;
