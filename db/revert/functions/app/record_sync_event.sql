-- Revert pgtill:functions/app/record_sync_event from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.record_sync_event(text, text, text, text);

COMMIT;
