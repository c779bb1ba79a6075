-- Revert pgtill:functions/ledger/list_first_answers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.list_first_answers(text[], text[]);

COMMIT;
