-- Revert pgtill:functions/paths/list_first_answers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_first_answers(text[], text[]);

COMMIT;
