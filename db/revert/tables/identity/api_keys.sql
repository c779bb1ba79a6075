-- Revert pgtill:tables/identity/api_keys from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE identity.api_keys;

COMMIT;
