-- Revert pgtill:tables/paths/manufacturer_registry from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.manufacturer_registry;

COMMIT;
