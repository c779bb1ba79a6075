-- Revert pgtill:functions/app/list_first_answers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.list_first_answers(text[], text[]);

COMMIT;
