-- Revert pgtill:tables/identity/users from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE identity.users;

COMMIT;
