-- Revert pgtill:functions/app/sync_event_hash from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.sync_event_hash(app.wallet_account_sync_events);

COMMIT;
