-- Deploy pgtill:tables/wallets/audit_events to pg
-- requires: tables/wallets/wallet_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE wallets.audit_events (
    resource_id text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    action text NOT NULL,
    user_id bigint NOT NULL,
    resource_type text NOT NULL DEFAULT 'wallet_registry',
    details jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    -- With the next rule: a wallet is registered in one event, its first.
    CONSTRAINT audit_events_pk PRIMARY KEY (resource_id, sequence),
    CONSTRAINT audit_events_registered_first
    CHECK (sequence > 0 AND (action = 'register_wallet') = (sequence = 1)),
    CONSTRAINT audit_events_action_known
    CHECK (
        action IN ('register_wallet', 'update_wallet', 'deactivate_wallet', 'reactivate_wallet')
    ),
    CONSTRAINT audit_events_resource_type_known CHECK (resource_type = 'wallet_registry'),
    CONSTRAINT audit_events_wallet_fk
    FOREIGN KEY (resource_id) REFERENCES wallets.wallet_registry (external_id),
    CONSTRAINT audit_events_details_object CHECK (jsonb_typeof(details) = 'object')
);

COMMENT ON TABLE wallets.audit_events
IS 'What happened to each wallet, written in the transaction that did it. Append-only.';
COMMENT ON COLUMN wallets.audit_events.resource_id
IS 'The wallet, by its id outside.';
COMMENT ON COLUMN wallets.audit_events.sequence
IS 'Place among the wallet''s events: 1, 2, 3 … without a gap; 1 is its registration.';
COMMENT ON COLUMN wallets.audit_events.action
IS 'register_wallet, update_wallet, deactivate_wallet or reactivate_wallet.';
COMMENT ON COLUMN wallets.audit_events.user_id
IS 'The user whose wallet it is.';
COMMENT ON COLUMN wallets.audit_events.resource_type
IS 'wallet_registry.';
COMMENT ON COLUMN wallets.audit_events.details
IS 'provider, provider_wallet_id and, of a registration, idempotency_key; of an update, before and'
' after.';
COMMENT ON COLUMN wallets.audit_events.created_at
IS 'When the transaction began.';

COMMIT;
