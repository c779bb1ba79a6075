-- Revert pgtill:tables/app/wallet_account_sync_events from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE app.wallet_account_sync_events;

COMMIT;
