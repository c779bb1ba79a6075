-- Revert pgtill:functions/identity/create_signing_secret from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.create_signing_secret(text, bytea);

COMMIT;
