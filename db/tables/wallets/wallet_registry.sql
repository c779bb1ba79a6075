-- Deploy pgtill:tables/wallets/wallet_registry to pg
-- requires: types/wallets/wallet_provider
-- requires: functions/wallets/make_wallet_id
-- requires: tables/identity/users

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE wallets.wallet_registry (
    id bigint GENERATED ALWAYS AS IDENTITY,
    external_id text COLLATE "C" NOT NULL DEFAULT wallets.make_wallet_id(),
    user_id bigint NOT NULL,
    provider wallets.wallet_provider NOT NULL,
    provider_account_id text COLLATE "C" NOT NULL,
    provider_customer_id text,
    idempotency_key text COLLATE "C",
    metadata jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT TRUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT wallet_registry_pk PRIMARY KEY (id),
    CONSTRAINT wallet_registry_external_id_unique UNIQUE (external_id),
    -- As '^wal_[0-9a-f]{24}$', which costs ten times as much: every insert pays for it.
    CONSTRAINT wallet_registry_external_id_shape
    CHECK (length(external_id) = 28 AND external_id ~ '^wal_[0-9a-f]*$'),
    CONSTRAINT wallet_registry_user_fk FOREIGN KEY (user_id) REFERENCES identity.users (id),
    -- The wall: registering a wallet twice is not an event. Lists are read in its order, too.
    CONSTRAINT wallet_registry_user_provider_account_unique
    UNIQUE (user_id, provider, provider_account_id),
    CONSTRAINT wallet_registry_provider_account_id_shape
    CHECK (
        length(provider_account_id) BETWEEN 1 AND 255
        AND provider_account_id = btrim(provider_account_id)
    ),
    CONSTRAINT wallet_registry_provider_customer_id_shape
    CHECK (
        length(provider_customer_id) BETWEEN 1 AND 255
        AND provider_customer_id = btrim(provider_customer_id)
    ),
    CONSTRAINT wallet_registry_metadata_object CHECK (jsonb_typeof(metadata) = 'object'),
    -- The service holds metadata to 4,096 bytes of RFC 8785 text; see app.payment_requests.
    CONSTRAINT wallet_registry_metadata_size CHECK (pg_column_size(metadata) <= 32768),
    CONSTRAINT wallet_registry_updated_after_created CHECK (updated_at >= created_at)
);

COMMENT ON TABLE wallets.wallet_registry
IS 'One row a user, provider and account there. What it was registered as never changes.';
COMMENT ON COLUMN wallets.wallet_registry.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN wallets.wallet_registry.external_id
IS 'Id outside: wal_ and 24 lower hex digits, 48 bits of time, 48 random ones.';
COMMENT ON COLUMN wallets.wallet_registry.user_id
IS 'Whose wallet it is. Organizations that the user is a member of may see it.';
COMMENT ON COLUMN wallets.wallet_registry.provider
IS 'The payment provider that keeps it.';
COMMENT ON COLUMN wallets.wallet_registry.provider_account_id
IS 'The provider''s id of the account (provider_wallet_id in audit events): trimmed, 1 to 255.';
COMMENT ON COLUMN wallets.wallet_registry.provider_customer_id
IS 'The provider''s id of the customer: trimmed, 1 to 255 characters; NULL when there is none.';
COMMENT ON COLUMN wallets.wallet_registry.idempotency_key
IS 'The key that registered it, NULL without one; what keys are for is in wallet_idempotency_keys.';
COMMENT ON COLUMN wallets.wallet_registry.metadata
IS 'The caller''s own object.';
COMMENT ON COLUMN wallets.wallet_registry.is_active
IS 'FALSE between deactivate_wallet() and reactivate_wallet().';
COMMENT ON COLUMN wallets.wallet_registry.created_at
IS 'When it was registered, to the microsecond.';
COMMENT ON COLUMN wallets.wallet_registry.updated_at
IS 'When it last changed; created_at while it never did.';

COMMIT;
