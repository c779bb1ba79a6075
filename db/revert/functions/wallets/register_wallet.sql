-- Revert pgtill:functions/wallets/register_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.register_wallet(bigint, text, text, text, text, jsonb, text);

COMMIT;
