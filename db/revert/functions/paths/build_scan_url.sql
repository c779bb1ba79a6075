-- Revert pgtill:functions/paths/build_scan_url from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.build_scan_url(text, text, text, text, text);

COMMIT;
