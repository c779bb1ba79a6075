-- Revert pgtill:functions/app/has_replayed from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.has_replayed(text);

COMMIT;
