-- Revert pgtill:functions/paths/propose from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.propose(bigint, text, text, text, text, jsonb);

COMMIT;
