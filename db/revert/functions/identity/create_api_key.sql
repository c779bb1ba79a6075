-- Revert pgtill:functions/identity/create_api_key from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.create_api_key(text, text, text, text[], text);

COMMIT;
