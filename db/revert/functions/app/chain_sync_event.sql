-- Revert pgtill:functions/app/chain_sync_event from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER wallet_account_sync_events_chained ON app.wallet_account_sync_events;
DROP FUNCTION app.chain_sync_event();

COMMIT;
