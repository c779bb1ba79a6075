-- Revert pgtill:tables/identity/organization_members from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE identity.organization_members;

COMMIT;
