-- Revert pgtill:functions/paths/evacuate_manufacturer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.evacuate_manufacturer(paths.manufacturer_registry, paths.incidents);

COMMIT;
