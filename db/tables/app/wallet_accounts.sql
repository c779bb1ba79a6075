-- Deploy pgtill:tables/app/wallet_accounts to pg
-- requires: tables/app/networks

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE app.wallet_accounts (
    id text COLLATE "C" NOT NULL,
    chain text NOT NULL,
    network text NOT NULL,
    keyset_id text NOT NULL,
    derivation_path_template text NOT NULL DEFAULT '0/{index}',
    next_index bigint NOT NULL DEFAULT 0,
    is_active boolean NOT NULL DEFAULT TRUE,
    parent_key_digest text,
    key_material_hash text,
    key_material_hash_algo text,
    network_is_allowed boolean NOT NULL GENERATED ALWAYS AS (TRUE) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT wallet_accounts_pk PRIMARY KEY (id),
    -- No counts in the shapes, ten times as dear: every move of the cursor pays for all of them.
    CONSTRAINT wallet_accounts_id_shape
    CHECK (length(id) BETWEEN 4 AND 123 AND id ~ '^wa_[0-9a-z_-]*$'),
    CONSTRAINT wallet_accounts_network_allowed_fk
    FOREIGN KEY (network_is_allowed, chain, network)
    REFERENCES app.networks (is_allowed, chain, network),
    CONSTRAINT wallet_accounts_keyset_id_shape
    CHECK (length(keyset_id) BETWEEN 1 AND 64 AND keyset_id ~ '^[0-9A-Za-z_.-]*$'),
    CONSTRAINT wallet_accounts_template_known CHECK (derivation_path_template = '0/{index}'),
    -- 2^31 is no index (BIP32: hardened keys begin there); a cursor that stands on it is exhausted.
    CONSTRAINT wallet_accounts_next_index_range CHECK (next_index BETWEEN 0 AND 2147483648),
    CONSTRAINT wallet_accounts_parent_key_digest_shape
    CHECK (length(parent_key_digest) = 64 AND parent_key_digest ~ '^[0-9a-f]*$'),
    CONSTRAINT wallet_accounts_used_has_key CHECK (next_index = 0 OR parent_key_digest IS NOT NULL),
    CONSTRAINT wallet_accounts_key_material_hash_shape
    CHECK (length(key_material_hash) = 64 AND key_material_hash ~ '^[0-9a-f]*$'),
    CONSTRAINT wallet_accounts_key_material_hash_algo_known
    CHECK (
        (key_material_hash IS NULL AND key_material_hash_algo IS NULL)
        OR (
            key_material_hash IS NOT NULL
            AND key_material_hash_algo IS NOT DISTINCT FROM 'hmac-sha256'
        )
    ),
    -- What foreign keys of other tables point at.
    CONSTRAINT wallet_accounts_network_unique UNIQUE (id, chain, network),
    CONSTRAINT wallet_accounts_is_active_unique UNIQUE (id, is_active)
)
-- The cursor is rewritten by every allocation: room for HOT updates on its own page.
WITH (fillfactor = 20);

-- One active account a keyset; the inactive ones are history.
CREATE UNIQUE INDEX wallet_accounts_active_keyset_unique
ON app.wallet_accounts (keyset_id, chain, network)
WHERE is_active;

-- One key, one cursor: the digest is of chain code and public key, so spelling does not matter.
CREATE UNIQUE INDEX wallet_accounts_active_parent_key_unique
ON app.wallet_accounts (chain, network, parent_key_digest)
WHERE is_active;

CREATE INDEX wallet_accounts_keyset_idx ON app.wallet_accounts (keyset_id, chain, network);

CREATE INDEX wallet_accounts_network_allowed_idx
ON app.wallet_accounts (network_is_allowed, chain, network);

COMMENT ON TABLE app.wallet_accounts
IS 'An account key and its cursor. The row is the lock: whoever holds it may allocate.';
COMMENT ON COLUMN app.wallet_accounts.id
IS 'wa_ and a name. Rows are locked in the order of this column, compared byte by byte.';
COMMENT ON COLUMN app.wallet_accounts.chain
IS 'Chain of its addresses.';
COMMENT ON COLUMN app.wallet_accounts.network
IS 'Network of its addresses; must be an allowed one.';
COMMENT ON COLUMN app.wallet_accounts.keyset_id
IS 'Name under which configuration holds the extended public key.';
COMMENT ON COLUMN app.wallet_accounts.derivation_path_template
IS 'Path below the account key; 0/{index}, the receiving branch of BIP44.';
COMMENT ON COLUMN app.wallet_accounts.next_index
IS 'First index never handed out, 0 to 2^31; at 2^31 it is exhausted. Never goes back.';
COMMENT ON COLUMN app.wallet_accounts.is_active
IS 'Whether it may allocate. Enabled assets stand only on active accounts.';
COMMENT ON COLUMN app.wallet_accounts.parent_key_digest
IS 'SHA-256 of chain code and public key, lower hex; NULL until one is bound. Once used, it stays.';
COMMENT ON COLUMN app.wallet_accounts.key_material_hash
IS 'HMAC-SHA256 of the normalised key under the operator''s secret, lower hex, or NULL.';
COMMENT ON COLUMN app.wallet_accounts.key_material_hash_algo
IS 'hmac-sha256 where there is a hash.';
COMMENT ON COLUMN app.wallet_accounts.network_is_allowed
IS 'Always true: half of the foreign key that keeps accounts off networks not allowed.';
COMMENT ON COLUMN app.wallet_accounts.created_at
IS 'When the row was made.';
COMMENT ON COLUMN app.wallet_accounts.updated_at
IS 'When the cursor or the row last changed.';

COMMIT;
