-- Revert pgtill:functions/paths/parse_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.parse_path(text);

COMMIT;
