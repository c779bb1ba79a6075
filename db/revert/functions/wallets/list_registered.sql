-- Revert pgtill:functions/wallets/list_registered from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.list_registered(text[], text[], text[]);

COMMIT;
