-- Revert pgtill:functions/paths/get_lineage from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_lineage(bigint, text, text);

COMMIT;
