-- Revert pgtill:tables/paths/path_registry from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.path_registry;

COMMIT;
