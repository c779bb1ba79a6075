-- Revert pgtill:functions/wallets/wallet_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.wallet_payload(wallets.wallet_registry, text);

COMMIT;
