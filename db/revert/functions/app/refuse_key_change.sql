-- Revert pgtill:functions/app/refuse_key_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER wallet_accounts_used_keeps_key ON app.wallet_accounts;
DROP FUNCTION app.refuse_key_change();

COMMIT;
