-- Revert pgtill:functions/paths/extend_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.extend_path(bigint, text, text, text, integer, text, integer);

COMMIT;
