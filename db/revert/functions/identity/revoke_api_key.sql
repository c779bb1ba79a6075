-- Revert pgtill:functions/identity/revoke_api_key from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.revoke_api_key(text);

COMMIT;
