-- Revert pgtill:functions/paths/is_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.is_path(text);

COMMIT;
