-- Revert pgtill:tables/identity/organizations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE identity.organizations;

COMMIT;
