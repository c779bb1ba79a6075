-- Revert pgtill:functions/identity/get_organization_id from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION identity.get_organization_id(text);

COMMIT;
