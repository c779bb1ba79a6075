-- Revert pgtill:functions/paths/is_proposal from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.is_proposal(text, jsonb);

COMMIT;
