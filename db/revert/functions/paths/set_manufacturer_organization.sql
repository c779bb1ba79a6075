-- Revert pgtill:functions/paths/set_manufacturer_organization from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.set_manufacturer_organization(integer, integer, text);

COMMIT;
