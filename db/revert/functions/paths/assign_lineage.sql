-- Revert pgtill:functions/paths/assign_lineage from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.assign_lineage(text, integer, integer, bigint);

COMMIT;
