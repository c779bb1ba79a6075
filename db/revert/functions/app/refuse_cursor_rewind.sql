-- Revert pgtill:functions/app/refuse_cursor_rewind from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER wallet_accounts_cursor_never_goes_back ON app.wallet_accounts;
DROP FUNCTION app.refuse_cursor_rewind();

COMMIT;
