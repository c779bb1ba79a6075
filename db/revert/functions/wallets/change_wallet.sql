-- Revert pgtill:functions/wallets/change_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.change_wallet(bigint, text, text, jsonb);

COMMIT;
