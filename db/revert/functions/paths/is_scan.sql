-- Revert pgtill:functions/paths/is_scan from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.is_scan(text, text, text, text);

COMMIT;
