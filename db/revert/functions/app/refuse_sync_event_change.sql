-- Revert pgtill:functions/app/refuse_sync_event_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER wallet_account_sync_events_append_only ON app.wallet_account_sync_events;
DROP FUNCTION app.refuse_sync_event_change();

COMMIT;
