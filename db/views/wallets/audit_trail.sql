-- Deploy pgtill:views/wallets/audit_trail to pg
-- requires: tables/wallets/audit_events
-- requires: tables/identity/users

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW wallets.audit_trail AS
SELECT
    event.action,
    person.public_id AS user_id,
    event.resource_type,
    event.resource_id,
    event.sequence,
    event.details,
    event.created_at
FROM wallets.audit_events AS event
INNER JOIN identity.users AS person ON event.user_id = person.id;

COMMENT ON VIEW wallets.audit_trail
IS 'What happened to each wallet, with the user by the id outside.';
COMMENT ON COLUMN wallets.audit_trail.action
IS 'register_wallet, update_wallet, deactivate_wallet or reactivate_wallet.';
COMMENT ON COLUMN wallets.audit_trail.user_id IS 'The user whose wallet it is: usr_…';
COMMENT ON COLUMN wallets.audit_trail.resource_type IS 'wallet_registry.';
COMMENT ON COLUMN wallets.audit_trail.resource_id IS 'The wallet: wal_…';
COMMENT ON COLUMN wallets.audit_trail.sequence IS 'Place among the wallet''s events, from 1 on.';
COMMENT ON COLUMN wallets.audit_trail.details
IS 'provider, provider_wallet_id, and idempotency_key or before and after.';
COMMENT ON COLUMN wallets.audit_trail.created_at IS 'When it happened.';

GRANT SELECT ON wallets.audit_trail TO pgtill_operator, pgtill_auditor;

COMMIT;
