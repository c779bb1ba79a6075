-- Revert pgtill:functions/paths/manufacturer_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.manufacturer_payload(paths.manufacturer_registry);

COMMIT;
