-- Revert pgtill:functions/paths/lock_proposal from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.lock_proposal(text);

COMMIT;
