-- Revert pgtill:functions/identity/find_api_key from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.find_api_key(text);

COMMIT;
