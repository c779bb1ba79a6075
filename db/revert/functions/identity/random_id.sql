-- Revert pgtill:functions/identity/random_id from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.random_id(text);

COMMIT;
