-- Revert pgtill:functions/wallets/reactivate_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.reactivate_wallet(bigint, text);

COMMIT;
