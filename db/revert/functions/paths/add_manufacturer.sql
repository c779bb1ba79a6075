-- Revert pgtill:functions/paths/add_manufacturer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.add_manufacturer(paths.manufacturer_registry);

COMMIT;
