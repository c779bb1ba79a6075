-- Revert pgtill:tables/app/wallet_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE app.wallet_accounts;

COMMIT;
