-- Revert pgtill:tables/paths/incidents from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.incidents;

COMMIT;
