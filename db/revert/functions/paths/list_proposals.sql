-- Revert pgtill:functions/paths/list_proposals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_proposals(text, text, integer);

COMMIT;
