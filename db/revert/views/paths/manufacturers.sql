-- Revert pgtill:views/paths/manufacturers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW paths.manufacturers;

COMMIT;
