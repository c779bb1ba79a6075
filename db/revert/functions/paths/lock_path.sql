-- Revert pgtill:functions/paths/lock_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.lock_path(bigint, integer, text);

COMMIT;
