-- Revert pgtill:functions/paths/utc_text from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.utc_text(timestamptz);

COMMIT;
