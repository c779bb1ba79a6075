-- Revert pgtill:functions/wallets/make_wallet_id from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.make_wallet_id();

COMMIT;
