-- Deploy pgtill:types/wallets/wallet_provider to pg
-- requires: schemas/wallets

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TYPE wallets.wallet_provider AS ENUM ('fincra', 'paystack', 'flutterwave', 'lnbits');

COMMENT ON TYPE wallets.wallet_provider
IS 'Payment providers whose wallets can be registered. A new one is a change that adds its label.';

COMMIT;
