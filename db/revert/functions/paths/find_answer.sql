-- Revert pgtill:functions/paths/find_answer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.find_answer(bigint, text, text);

COMMIT;
