-- Revert pgtill:functions/app/make_wallet_account_id from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.make_wallet_account_id(text, text, text);

COMMIT;
