-- Revert pgtill:functions/identity/create_organization from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.create_organization(text);

COMMIT;
