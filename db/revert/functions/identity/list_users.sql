-- Revert pgtill:functions/identity/list_users from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.list_users(text);

COMMIT;
