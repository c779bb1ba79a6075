-- Revert pgtill:functions/app/list_wallet_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.list_wallet_accounts();

COMMIT;
