-- Revert pgtill:tables/paths/transfers from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.transfers;

COMMIT;
