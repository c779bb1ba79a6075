-- Revert pgtill:functions/paths/get_proposal from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_proposal(text, text);

COMMIT;
