-- Revert pgtill:types/wallets/wallet_provider from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TYPE wallets.wallet_provider;

COMMIT;
