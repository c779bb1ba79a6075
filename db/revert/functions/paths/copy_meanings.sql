-- Revert pgtill:functions/paths/copy_meanings from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.copy_meanings(paths.manufacturer_registry, paths.manufacturer_registry);

COMMIT;
