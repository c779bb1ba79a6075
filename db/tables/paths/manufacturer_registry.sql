-- Deploy pgtill:tables/paths/manufacturer_registry to pg
-- requires: tables/paths/wallet_versions
-- requires: tables/identity/organizations
-- requires: tables/identity/users

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.manufacturer_registry (
    wallet_version integer NOT NULL,
    manufacturer_index integer NOT NULL,
    manufacturer_name text NOT NULL,
    organization_id bigint,
    public_key text,
    key_delegation_level text NOT NULL DEFAULT 'none',
    status text NOT NULL DEFAULT 'active',
    registered_by bigint,
    registered_at timestamptz NOT NULL DEFAULT now(),
    transferred_from_wallet integer,
    transfer_completed_at timestamptz,

    CONSTRAINT manufacturer_registry_pk PRIMARY KEY (wallet_version, manufacturer_index),
    CONSTRAINT manufacturer_registry_wallet_fk
    FOREIGN KEY (wallet_version) REFERENCES paths.wallet_versions (version_id),
    CONSTRAINT manufacturer_registry_index_range CHECK (manufacturer_index >= 1),
    CONSTRAINT manufacturer_registry_name_unique UNIQUE (manufacturer_name, wallet_version),
    -- What the lineage points at: a place and the name that it has.
    CONSTRAINT manufacturer_registry_place_unique
    UNIQUE (manufacturer_index, wallet_version, manufacturer_name),
    CONSTRAINT manufacturer_registry_name_shape
    CHECK (
        manufacturer_name = btrim(manufacturer_name)
        AND manufacturer_name ~ '^[^[:cntrl:]]*$'
        AND length(manufacturer_name) BETWEEN 1 AND 100
    ),
    -- Both ways: 1 is kept for Plings.
    CONSTRAINT manufacturer_registry_plings_is_one
    CHECK ((manufacturer_name = 'Plings') = (manufacturer_index = 1)),
    CONSTRAINT manufacturer_registry_organization_fk
    FOREIGN KEY (organization_id) REFERENCES identity.organizations (id),
    CONSTRAINT manufacturer_registry_organization_required
    CHECK (organization_id IS NOT NULL OR manufacturer_index = 1),
    CONSTRAINT manufacturer_registry_public_key_base58
    CHECK (public_key ~ '^[1-9A-HJ-NP-Za-km-z]*$' AND length(public_key) BETWEEN 32 AND 44),
    CONSTRAINT manufacturer_registry_key_delegation_level_known
    CHECK (key_delegation_level IN ('none', 'verification', 'full')),
    CONSTRAINT manufacturer_registry_delegated_has_key
    CHECK (key_delegation_level = 'none' OR public_key IS NOT NULL),
    CONSTRAINT manufacturer_registry_status_known
    CHECK (status IN ('active', 'suspended', 'transferring', 'retired')),
    CONSTRAINT manufacturer_registry_registered_by_fk
    FOREIGN KEY (registered_by) REFERENCES identity.users (id),
    CONSTRAINT manufacturer_registry_registered_by_required
    CHECK (registered_by IS NOT NULL OR manufacturer_index = 1),
    CONSTRAINT manufacturer_registry_transferred_from_fk
    FOREIGN KEY (transferred_from_wallet) REFERENCES paths.wallet_versions (version_id),
    CONSTRAINT manufacturer_registry_transferred_from_another
    CHECK (transferred_from_wallet <> wallet_version),
    CONSTRAINT manufacturer_registry_transfer_completed_has_source
    CHECK (transfer_completed_at IS NULL OR transferred_from_wallet IS NOT NULL)
);

CREATE INDEX manufacturer_registry_organization_idx
ON paths.manufacturer_registry (organization_id);

CREATE INDEX manufacturer_registry_registered_by_idx ON paths.manufacturer_registry (registered_by);

CREATE INDEX manufacturer_registry_transferred_from_idx
ON paths.manufacturer_registry (transferred_from_wallet);

COMMENT ON TABLE paths.manufacturer_registry
IS 'Manufacturers, one row for each wallet version that they have a branch of.';
COMMENT ON COLUMN paths.manufacturer_registry.wallet_version
IS 'The wallet.';
COMMENT ON COLUMN paths.manufacturer_registry.manufacturer_index
IS 'First component of its paths, from 1 on; 1 is Plings.';
COMMENT ON COLUMN paths.manufacturer_registry.manufacturer_name
IS 'Its name, the same in every wallet; trimmed, 1 to 100 characters, unique in the wallet.';
COMMENT ON COLUMN paths.manufacturer_registry.organization_id
IS 'The organization whose owners and admins allocate; NULL only for Plings.';
COMMENT ON COLUMN paths.manufacturer_registry.public_key
IS 'Ed25519 public key in Base58 (32 bytes) if one was delegated, else NULL.';
COMMENT ON COLUMN paths.manufacturer_registry.key_delegation_level
IS 'What that key may sign: none, verification or full.';
COMMENT ON COLUMN paths.manufacturer_registry.status
IS 'active, suspended, transferring (from or to here) or retired. Only an active one allocates.';
COMMENT ON COLUMN paths.manufacturer_registry.registered_by
IS 'Who registered it; NULL only for Plings.';
COMMENT ON COLUMN paths.manufacturer_registry.registered_at
IS 'When the row was made.';
COMMENT ON COLUMN paths.manufacturer_registry.transferred_from_wallet
IS 'The wallet that it was transferred from, or NULL.';
COMMENT ON COLUMN paths.manufacturer_registry.transfer_completed_at
IS 'When its last path had arrived, or NULL.';

COMMIT;
