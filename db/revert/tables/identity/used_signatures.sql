-- Revert pgtill:tables/identity/used_signatures from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE identity.used_signatures;

COMMIT;
