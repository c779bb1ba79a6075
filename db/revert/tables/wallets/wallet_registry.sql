-- Revert pgtill:tables/wallets/wallet_registry from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE wallets.wallet_registry;

COMMIT;
