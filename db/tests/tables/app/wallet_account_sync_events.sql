-- wallet_account_sync_events: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table app.wallet_account_sync_events

SELECT plan(23);

-- The trigger that chains would overwrite what is wrong, the one that refuses edits comes before
-- every
-- rule; each has a test of its own. The rules hold without them.

ALTER TABLE app.wallet_account_sync_events DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', nth,
        'chain', 'bitcoin',
        'network', 'regtest',
        'keyset_id', 'ks_btc_regtest',
        'wallet_account_id', 'wa_btc_regtest_001',
        'action', (ARRAY['reused', 'reactivated', 'rotated'])[nth],
        'match_source', (ARRAY['active', 'legacy', 'unhashed'])[nth],
        'key_material_hash', given.digest('hash ' || nth),
        'key_material_hash_algo', 'hmac-sha256',
        'details', '{}'::jsonb,
        'created_at', '2026-01-01T00:00:00Z',
        'previous_hash', given.digest('event ' || nth - 1),
        'event_hash', given.digest('event ' || nth)
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('wallet_account_sync_events_pk', '{"id": 1}'::jsonb),
('wallet_account_sync_events_wallet_account_fk', '{"wallet_account_id": "wa_nowhere"}'),
('wallet_account_sync_events_wallet_account_fk', '{"network": "testnet"}'),
('wallet_account_sync_events_action_known', '{"action": "deleted"}'),
('wallet_account_sync_events_match_source_known', '{"match_source": "guess"}'),
('wallet_account_sync_events_key_material_hash_shape', '{"key_material_hash": "ab"}'),
('wallet_account_sync_events_key_material_hash_algo_known', '{"key_material_hash_algo": "sha256"}'),
('wallet_account_sync_events_details_object', '{"details": []}'),
(
    'wallet_account_sync_events_previous_hash_unique',
    jsonb_build_object('previous_hash', given.digest('event 0'))
),
('wallet_account_sync_events_event_hash_shape', '{"event_hash": "ab"}');

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
