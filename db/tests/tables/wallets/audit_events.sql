-- audit_events: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table wallets.audit_events

SELECT plan(20);

-- The trigger that refuses edits comes before every rule; it has a test of its own.

SELECT given.people() AS shop \gset

ALTER TABLE wallets.wallet_registry DISABLE TRIGGER USER;
ALTER TABLE wallets.audit_events DISABLE TRIGGER USER;

SELECT person.id AS ann
FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset

INSERT INTO wallets.wallet_registry (external_id, user_id, provider, provider_account_id)
SELECT
    'wal_' || repeat(nth::text, 24) AS external_id,
    :ann AS user_id,
    'fincra' AS provider,
    nth AS provider_account_id
FROM generate_series(1, 2) AS nth;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'resource_id', 'wal_' || repeat('1', 24),
        'sequence', nth,
        'action', (ARRAY['register_wallet', 'update_wallet', 'deactivate_wallet'])[nth],
        'user_id', :ann,
        'resource_type', 'wallet_registry',
        'details', '{"provider": "fincra"}'::jsonb,
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('audit_events_pk', '{"sequence": 1, "action": "register_wallet"}'::jsonb),
('audit_events_registered_first', '{"sequence": 1}'),
('audit_events_registered_first', '{"action": "register_wallet"}'),
('audit_events_registered_first', '{"sequence": 0}'),
('audit_events_action_known', '{"action": "remove_wallet"}'),
('audit_events_resource_type_known', '{"resource_type": "wallet"}'),
('audit_events_wallet_fk', '{"resource_id": "wal_333333333333333333333333"}'),
('audit_events_details_object', '{"details": []}');

\ir ../../support/refusals.psql

SELECT
    indexes_are(
        'wallets', 'audit_events', ARRAY['audit_events_pk'],
        'the one index orders a wallet''s events, and serves its foreign key'
    );

SELECT * FROM finish();
ROLLBACK;
