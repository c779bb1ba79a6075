-- Revert pgtill:functions/paths/retire_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.retire_path(bigint, text, text, text, integer, text);

COMMIT;
