-- Revert pgtill:tables/paths/proposals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE paths.proposals;

COMMIT;
