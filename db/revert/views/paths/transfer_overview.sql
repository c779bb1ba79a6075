-- Revert pgtill:views/paths/transfer_overview from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW paths.transfer_overview;

COMMIT;
