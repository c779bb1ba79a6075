-- Revert pgtill:functions/identity/list_organizations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.list_organizations();

COMMIT;
