-- Revert pgtill:functions/identity/find_signing_secret from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.find_signing_secret(text);

COMMIT;
