-- Revert pgtill:tables/paths/operations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.operations;

COMMIT;
