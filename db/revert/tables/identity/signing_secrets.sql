-- Revert pgtill:tables/identity/signing_secrets from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE identity.signing_secrets;

COMMIT;
