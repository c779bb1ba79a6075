-- Deploy pgtill:tables/app/asset_catalog to pg
-- requires: tables/app/wallet_accounts
-- requires: tables/app/address_schemes
-- requires: functions/app/is_evm_address

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE app.asset_catalog (
    chain text NOT NULL,
    network text NOT NULL,
    asset text NOT NULL,
    wallet_account_id text COLLATE "C" NOT NULL,
    minor_unit text NOT NULL,
    decimals integer NOT NULL,
    address_scheme text NOT NULL,
    chain_id bigint,
    token_standard text,
    token_contract text,
    token_decimals integer,
    default_expires_in_seconds bigint NOT NULL DEFAULT 3600,
    enabled boolean NOT NULL DEFAULT TRUE,
    source_ref text NOT NULL,
    approved_by text NOT NULL,
    approved_at timestamptz NOT NULL DEFAULT now(),
    -- NULL takes the row out of the foreign key below: a disabled row may stand on any account.
    needs_active boolean GENERATED ALWAYS AS (CASE WHEN enabled THEN TRUE END) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT asset_catalog_pk PRIMARY KEY (chain, network, asset),
    CONSTRAINT asset_catalog_asset_shape CHECK (asset ~ '^[A-Z0-9_-]{1,32}$'),
    CONSTRAINT asset_catalog_wallet_account_network_fk
    FOREIGN KEY (wallet_account_id, chain, network)
    REFERENCES app.wallet_accounts (id, chain, network),
    -- Deferrable, so that a rotation can switch accounts and rebind assets in one transaction.
    CONSTRAINT asset_catalog_enabled_account_active_fk
    FOREIGN KEY (wallet_account_id, needs_active)
    REFERENCES app.wallet_accounts (id, is_active)
    DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT asset_catalog_minor_unit_shape CHECK (minor_unit ~ '^[a-z0-9_]{1,32}$'),
    CONSTRAINT asset_catalog_decimals_range CHECK (decimals BETWEEN 0 AND 77),
    CONSTRAINT asset_catalog_address_scheme_fk
    FOREIGN KEY (chain, address_scheme) REFERENCES app.address_schemes (chain, address_scheme),
    CONSTRAINT asset_catalog_chain_id_required
    CHECK ((chain = 'ethereum') = (chain_id IS NOT NULL)),
    CONSTRAINT asset_catalog_chain_id_fk
    FOREIGN KEY (chain, network, chain_id) REFERENCES app.networks (chain, network, chain_id),
    CONSTRAINT asset_catalog_token_all_or_none
    CHECK (num_nonnulls(token_standard, token_contract, token_decimals) IN (0, 3)),
    CONSTRAINT asset_catalog_token_standard_known
    CHECK (token_standard IS NULL OR (token_standard = 'ERC20' AND chain = 'ethereum')),
    CONSTRAINT asset_catalog_token_contract_canonical
    CHECK (app.is_evm_address(token_contract) AND token_contract = lower(token_contract)),
    CONSTRAINT asset_catalog_token_decimals_agree CHECK (token_decimals = decimals),
    CONSTRAINT asset_catalog_default_expires_range
    CHECK (default_expires_in_seconds BETWEEN 60 AND 2592000),
    CONSTRAINT asset_catalog_source_ref_not_blank CHECK (source_ref ~ '\S'),
    CONSTRAINT asset_catalog_approved_by_not_blank CHECK (approved_by ~ '\S')
);

CREATE INDEX asset_catalog_wallet_account_network_idx
ON app.asset_catalog (wallet_account_id, chain, network);
CREATE INDEX asset_catalog_wallet_account_active_idx
ON app.asset_catalog (wallet_account_id, needs_active);
CREATE INDEX asset_catalog_address_scheme_idx ON app.asset_catalog (chain, address_scheme);
CREATE INDEX asset_catalog_chain_id_idx ON app.asset_catalog (chain, network, chain_id);
CREATE INDEX asset_catalog_enabled_idx ON app.asset_catalog (enabled, chain, network, asset);

COMMENT ON TABLE app.asset_catalog
IS 'What may be asked for, and which account answers. Assets that share one share its cursor.';
COMMENT ON COLUMN app.asset_catalog.chain
IS 'Chain of the asset.';
COMMENT ON COLUMN app.asset_catalog.network
IS 'Network of the asset.';
COMMENT ON COLUMN app.asset_catalog.asset
IS 'Upper-case code, such as USDT.';
COMMENT ON COLUMN app.asset_catalog.wallet_account_id
IS 'The account whose addresses it is paid to; same chain and network.';
COMMENT ON COLUMN app.asset_catalog.minor_unit
IS 'Name of the smallest unit, in which amounts are counted, such as sats.';
COMMENT ON COLUMN app.asset_catalog.decimals
IS 'Decimal digits between the smallest unit and the asset itself, 0 to 77.';
COMMENT ON COLUMN app.asset_catalog.address_scheme
IS 'How its addresses are made; one that address_schemes allows on the chain.';
COMMENT ON COLUMN app.asset_catalog.chain_id
IS 'EIP-155 chain id, the network''s own; required on ethereum, NULL elsewhere.';
COMMENT ON COLUMN app.asset_catalog.token_standard
IS 'ERC20 for a token, NULL for the chain''s own coin.';
COMMENT ON COLUMN app.asset_catalog.token_contract
IS 'Contract of a token, 0x and 40 lower hex digits.';
COMMENT ON COLUMN app.asset_catalog.token_decimals
IS 'Decimals the token''s contract states; equal to decimals.';
COMMENT ON COLUMN app.asset_catalog.default_expires_in_seconds
IS 'Seconds a payment request lives when it does not say, 60 to 2,592,000 (30 days).';
COMMENT ON COLUMN app.asset_catalog.enabled
IS 'Whether it may be asked for.';
COMMENT ON COLUMN app.asset_catalog.source_ref
IS 'Where the row''s facts come from.';
COMMENT ON COLUMN app.asset_catalog.approved_by
IS 'Who approved them.';
COMMENT ON COLUMN app.asset_catalog.approved_at
IS 'When.';
COMMENT ON COLUMN app.asset_catalog.needs_active
IS 'True while enabled, else NULL: half of the foreign key that keeps these on active accounts.';
COMMENT ON COLUMN app.asset_catalog.created_at
IS 'When the row was made.';
COMMENT ON COLUMN app.asset_catalog.updated_at
IS 'When the row last changed.';

COMMIT;
