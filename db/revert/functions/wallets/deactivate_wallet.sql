-- Revert pgtill:functions/wallets/deactivate_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.deactivate_wallet(bigint, text);

COMMIT;
