-- Deploy pgtill:tables/app/wallet_account_sync_events to pg
-- requires: tables/app/wallet_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE app.wallet_account_sync_events (
    id bigint NOT NULL,
    chain text NOT NULL,
    network text NOT NULL,
    keyset_id text NOT NULL,
    wallet_account_id text COLLATE "C" NOT NULL,
    action text NOT NULL,
    match_source text NOT NULL,
    key_material_hash text NOT NULL,
    key_material_hash_algo text NOT NULL DEFAULT 'hmac-sha256',
    details jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    previous_hash text NOT NULL,
    event_hash text NOT NULL,

    CONSTRAINT wallet_account_sync_events_pk PRIMARY KEY (id),
    CONSTRAINT wallet_account_sync_events_wallet_account_fk
    FOREIGN KEY (wallet_account_id, chain, network)
    REFERENCES app.wallet_accounts (id, chain, network),
    CONSTRAINT wallet_account_sync_events_action_known
    CHECK (action IN ('reused', 'reactivated', 'rotated')),
    CONSTRAINT wallet_account_sync_events_match_source_known
    CHECK (match_source IN ('active', 'legacy', 'unhashed')),
    CONSTRAINT wallet_account_sync_events_key_material_hash_shape
    CHECK (key_material_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT wallet_account_sync_events_key_material_hash_algo_known
    CHECK (key_material_hash_algo = 'hmac-sha256'),
    CONSTRAINT wallet_account_sync_events_details_object CHECK (jsonb_typeof(details) = 'object'),
    -- One successor each: a chain cannot fork.
    CONSTRAINT wallet_account_sync_events_previous_hash_unique UNIQUE (previous_hash),
    CONSTRAINT wallet_account_sync_events_event_hash_shape CHECK (event_hash ~ '^[0-9a-f]{64}$')
);

CREATE INDEX wallet_account_sync_events_keyset_idx
ON app.wallet_account_sync_events (chain, network, keyset_id, created_at DESC);
CREATE INDEX wallet_account_sync_events_wallet_account_idx
ON app.wallet_account_sync_events (wallet_account_id, chain, network, created_at DESC);

COMMENT ON TABLE app.wallet_account_sync_events
IS 'What each start-up did with each wallet account. Append-only, and hash-chained.';
COMMENT ON COLUMN app.wallet_account_sync_events.id
IS 'Place in the chain: 1, 2, 3 … without a gap.';
COMMENT ON COLUMN app.wallet_account_sync_events.chain
IS 'Chain of the target.';
COMMENT ON COLUMN app.wallet_account_sync_events.network
IS 'Network of the target.';
COMMENT ON COLUMN app.wallet_account_sync_events.keyset_id
IS 'Keyset of the target.';
COMMENT ON COLUMN app.wallet_account_sync_events.wallet_account_id
IS 'The account that is active for the target since.';
COMMENT ON COLUMN app.wallet_account_sync_events.action
IS 'reused: it was active already; reactivated: it had been before; rotated: it is new.';
COMMENT ON COLUMN app.wallet_account_sync_events.match_source
IS 'What recognised the key: the active secret, a legacy one, or nothing (unhashed, adopted).';
COMMENT ON COLUMN app.wallet_account_sync_events.key_material_hash
IS 'HMAC-SHA256 of the normalised key under the active secret, lower hex.';
COMMENT ON COLUMN app.wallet_account_sync_events.key_material_hash_algo
IS 'hmac-sha256.';
COMMENT ON COLUMN app.wallet_account_sync_events.details
IS 'selected_from, hash_prefix, parent_key_digest, previous_active_wallet_account_id.';
COMMENT ON COLUMN app.wallet_account_sync_events.created_at
IS 'When the transaction began.';
COMMENT ON COLUMN app.wallet_account_sync_events.previous_hash
IS 'event_hash of the event before; 64 zeros for the first.';
COMMENT ON COLUMN app.wallet_account_sync_events.event_hash
IS 'SHA-256 of previous_hash and the row''s content: see sync_event_hash().';

COMMIT;
