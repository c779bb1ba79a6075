-- Deploy pgtill:tables/app/payment_requests to pg
-- requires: tables/app/wallet_accounts
-- requires: tables/identity/organizations
-- requires: functions/app/is_bech32_address
-- requires: functions/app/is_evm_address

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE app.payment_requests (
    id text COLLATE "C" NOT NULL,
    organization_id bigint NOT NULL,
    wallet_account_id text COLLATE "C" NOT NULL,
    chain text NOT NULL,
    network text NOT NULL,
    asset text NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    expected_amount_minor numeric(78, 0),
    address_canonical text COLLATE "C" NOT NULL,
    address_scheme text NOT NULL,
    derivation_index bigint NOT NULL,
    chain_id bigint,
    token_standard text,
    token_contract text,
    token_decimals integer,
    metadata jsonb NOT NULL DEFAULT '{}',
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT payment_requests_pk PRIMARY KEY (id),
    -- As '^pr_[0-9a-f]{24}$', which costs ten times as much: every insert pays for it.
    CONSTRAINT payment_requests_id_shape CHECK (length(id) = 27 AND id ~ '^pr_[0-9a-f]*$'),
    CONSTRAINT payment_requests_organization_fk
    FOREIGN KEY (organization_id) REFERENCES identity.organizations (id),
    CONSTRAINT payment_requests_wallet_account_fk
    FOREIGN KEY (wallet_account_id, chain, network)
    REFERENCES app.wallet_accounts (id, chain, network),
    CONSTRAINT payment_requests_asset_length CHECK (length(asset) BETWEEN 1 AND 32),
    CONSTRAINT payment_requests_status_known
    CHECK (status IN ('pending', 'detected', 'confirmed', 'reorged', 'expired', 'failed')),
    -- To numeric, NaN is greater than every number.
    CONSTRAINT payment_requests_expected_amount_range
    CHECK (expected_amount_minor >= 0 AND expected_amount_minor <> 'NaN'),
    -- What idempotency_records points at: a key and its payment request are of one organization.
    CONSTRAINT payment_requests_organization_unique UNIQUE (organization_id, id),
    -- The two walls: an index once an account, an address once a network.
    CONSTRAINT payment_requests_derivation_index_unique
    UNIQUE (wallet_account_id, derivation_index),
    CONSTRAINT payment_requests_address_unique UNIQUE (chain, network, address_canonical),
    CONSTRAINT payment_requests_derivation_index_range
    CHECK (derivation_index BETWEEN 0 AND 2147483647),
    CONSTRAINT payment_requests_address_valid
    CHECK (
        CASE
            WHEN chain = 'bitcoin' AND address_scheme = 'bip84_p2wpkh'
                THEN
                    app.is_bech32_address(
                        CASE network
                            WHEN 'mainnet' THEN 'bc'
                            WHEN 'testnet' THEN 'tb'
                            WHEN 'regtest' THEN 'bcrt'
                        END,
                        address_canonical
                    )
            WHEN chain = 'ethereum' AND address_scheme = 'evm_bip44'
                THEN app.is_evm_address(address_canonical)
        END IS TRUE
    ),
    CONSTRAINT payment_requests_address_canonical
    CHECK (address_canonical = lower(address_canonical)),
    CONSTRAINT payment_requests_chain_id_required
    CHECK ((chain = 'ethereum') = (chain_id IS NOT NULL)),
    CONSTRAINT payment_requests_token_all_or_none
    CHECK (num_nonnulls(token_standard, token_contract, token_decimals) IN (0, 3)),
    CONSTRAINT payment_requests_metadata_object CHECK (jsonb_typeof(metadata) = 'object'),
    -- The service holds metadata to 4,096 bytes of RFC 8785 text; this is the wall behind it. Of
    -- that text nothing grows more in jsonb than a digit and its comma, from 2 bytes to 12.
    CONSTRAINT payment_requests_metadata_size CHECK (pg_column_size(metadata) <= 32768),
    CONSTRAINT payment_requests_expires_range
    CHECK (
        expires_at >= created_at + interval '60 seconds'
        AND expires_at <= created_at + interval '2592000 seconds'
    )
);

-- Rows come in order of time: a few pages serve what a B-tree would need gigabytes for.
CREATE INDEX payment_requests_created_at_idx ON app.payment_requests USING brin (created_at);

COMMENT ON TABLE app.payment_requests
IS 'One row per address handed out. What was answered never changes; only the status does.';
COMMENT ON COLUMN app.payment_requests.id
IS 'pr_ and 24 lower hex digits: 48 bits of time, 48 random ones.';
COMMENT ON COLUMN app.payment_requests.organization_id
IS 'The organization that asked; nobody else may see it.';
COMMENT ON COLUMN app.payment_requests.wallet_account_id
IS 'The account the address comes from.';
COMMENT ON COLUMN app.payment_requests.chain
IS 'Chain, the account''s own.';
COMMENT ON COLUMN app.payment_requests.network
IS 'Network, the account''s own.';
COMMENT ON COLUMN app.payment_requests.asset
IS 'Asset asked for.';
COMMENT ON COLUMN app.payment_requests.status
IS 'pending at first; detected, confirmed, reorged, expired, failed.';
COMMENT ON COLUMN app.payment_requests.expected_amount_minor
IS 'Amount expected, in the smallest unit, 0 to 10^78 - 1; NULL when open.';
COMMENT ON COLUMN app.payment_requests.address_canonical
IS 'The address, lower case; once per chain and network.';
COMMENT ON COLUMN app.payment_requests.address_scheme
IS 'How it was made.';
COMMENT ON COLUMN app.payment_requests.derivation_index
IS 'Its index below the account key, 0 to 2^31 - 1; once per account.';
COMMENT ON COLUMN app.payment_requests.chain_id
IS 'EIP-155 chain id on ethereum, else NULL.';
COMMENT ON COLUMN app.payment_requests.token_standard
IS 'ERC20 for a token, else NULL.';
COMMENT ON COLUMN app.payment_requests.token_contract
IS 'Contract of the token, lower case, else NULL.';
COMMENT ON COLUMN app.payment_requests.token_decimals
IS 'Decimals of the token, else NULL.';
COMMENT ON COLUMN app.payment_requests.metadata
IS 'The merchant''s own object; stored, never echoed.';
COMMENT ON COLUMN app.payment_requests.expires_at
IS 'Until when it may be paid: 60 seconds to 30 days after created_at.';
COMMENT ON COLUMN app.payment_requests.created_at
IS 'When it was made, to the microsecond.';

COMMIT;
