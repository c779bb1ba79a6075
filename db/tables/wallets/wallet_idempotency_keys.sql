-- Deploy pgtill:tables/wallets/wallet_idempotency_keys to pg
-- requires: tables/wallets/wallet_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE wallets.wallet_idempotency_keys (
    user_id bigint NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    provider wallets.wallet_provider NOT NULL,
    provider_account_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    -- A key is its user's own: another user's key names nothing here, and shows nothing.
    CONSTRAINT wallet_idempotency_keys_pk PRIMARY KEY (user_id, idempotency_key),
    CONSTRAINT wallet_idempotency_keys_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    CONSTRAINT wallet_idempotency_keys_wallet_fk
    FOREIGN KEY (user_id, provider, provider_account_id)
    REFERENCES wallets.wallet_registry (user_id, provider, provider_account_id)
);

-- Not user first: a plan made while the table is empty would take this index for a key.
CREATE INDEX wallet_idempotency_keys_wallet_idx
ON wallets.wallet_idempotency_keys (provider_account_id, user_id, provider);

COMMENT ON TABLE wallets.wallet_idempotency_keys
IS 'What each key was used for, also when the wallet was registered before. Append-only.';
COMMENT ON COLUMN wallets.wallet_idempotency_keys.user_id
IS 'Whose key it is, and whose wallet.';
COMMENT ON COLUMN wallets.wallet_idempotency_keys.idempotency_key
IS 'The key, 1 to 255 characters; once a user.';
COMMENT ON COLUMN wallets.wallet_idempotency_keys.provider
IS 'Provider of the wallet that it was used for.';
COMMENT ON COLUMN wallets.wallet_idempotency_keys.provider_account_id
IS 'Account of the wallet that it was used for.';
COMMENT ON COLUMN wallets.wallet_idempotency_keys.created_at
IS 'When it was first used.';

COMMIT;
