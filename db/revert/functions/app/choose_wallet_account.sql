-- Revert pgtill:functions/app/choose_wallet_account from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.choose_wallet_account(text, text, text, text, text, text[]);

COMMIT;
