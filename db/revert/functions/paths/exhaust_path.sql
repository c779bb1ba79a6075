-- Revert pgtill:functions/paths/exhaust_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.exhaust_path(bigint, text, text, text, integer, text);

COMMIT;
