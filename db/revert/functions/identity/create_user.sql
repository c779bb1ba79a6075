-- Revert pgtill:functions/identity/create_user from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.create_user(text, text, text);

COMMIT;
