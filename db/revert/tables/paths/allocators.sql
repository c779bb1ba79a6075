-- Revert pgtill:tables/paths/allocators from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.allocators;

COMMIT;
