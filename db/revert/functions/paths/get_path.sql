-- Revert pgtill:functions/paths/get_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_path(bigint, text, integer, text);

COMMIT;
