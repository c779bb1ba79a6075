-- Revert pgtill:functions/wallets/update_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.update_wallet(bigint, text, jsonb);

COMMIT;
