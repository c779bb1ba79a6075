-- Revert pgtill:functions/paths/parse_scan_url from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.parse_scan_url(text, text);

COMMIT;
