-- Revert pgtill:functions/paths/complete_lineage from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.complete_lineage(paths.transfers);

COMMIT;
