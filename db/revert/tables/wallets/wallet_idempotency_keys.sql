-- Revert pgtill:tables/wallets/wallet_idempotency_keys from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE wallets.wallet_idempotency_keys;

COMMIT;
