-- Revert pgtill:functions/app/verify_sync_event_chain from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.verify_sync_event_chain();

COMMIT;
