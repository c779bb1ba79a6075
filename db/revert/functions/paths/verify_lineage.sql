-- Revert pgtill:functions/paths/verify_lineage from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.verify_lineage(text);

COMMIT;
