-- Revert pgtill:functions/wallets/get_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.get_wallet(bigint, text);

COMMIT;
