-- wallet_registry: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table wallets.wallet_registry

SELECT plan(39);

-- The trigger that refuses edits comes before every rule; it has a test of its own.

SELECT given.people() AS shop \gset

ALTER TABLE wallets.wallet_registry DISABLE TRIGGER USER;

SELECT person.id AS ann
FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', -nth,
        'external_id', 'wal_' || repeat(nth::text, 24),
        'user_id', :ann,
        'provider', (ARRAY['fincra', 'paystack', 'lnbits'])[nth],
        'provider_account_id', 'account ' || nth,
        'provider_customer_id', 'customer',
        'idempotency_key', 'key ' || nth,
        'metadata', '{"a": 1}'::jsonb,
        'is_active', nth > 1,
        'created_at', '2026-01-01T00:00:00Z',
        'updated_at', '2026-01-02T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('wallet_registry_pk', '{"id": -1}'::jsonb, 'a new row'),
('wallet_registry_external_id_unique', '{"external_id": "wal_111111111111111111111111"}', NULL),
('wallet_registry_external_id_shape', '{"external_id": "wal_1"}', NULL),
('wallet_registry_external_id_shape', '{"external_id": "wal_AAAAAAAAAAAAAAAAAAAAAAAA"}', NULL),
('wallet_registry_external_id_shape', '{"external_id": "pr_1111111111111111111111111"}', NULL),
('wallet_registry_user_fk', '{"user_id": -2}', NULL),
(
    'wallet_registry_user_provider_account_unique',
    '{"provider": "fincra", "provider_account_id": "account 1"}',
    NULL
),
('wallet_registry_provider_account_id_shape', '{"provider_account_id": ""}', NULL),
('wallet_registry_provider_account_id_shape', '{"provider_account_id": " a"}', NULL),
('wallet_registry_provider_account_id_shape', '{"provider_account_id": "a "}', NULL),
(
    'wallet_registry_provider_account_id_shape',
    jsonb_build_object('provider_account_id', repeat('a', 256)),
    NULL
),
('wallet_registry_provider_customer_id_shape', '{"provider_customer_id": ""}', NULL),
('wallet_registry_provider_customer_id_shape', '{"provider_customer_id": " c"}', NULL),
(
    'wallet_registry_provider_customer_id_shape',
    jsonb_build_object('provider_customer_id', repeat('c', 256)),
    NULL
),
('wallet_registry_metadata_object', '{"metadata": []}', NULL),
(
    'wallet_registry_metadata_size',
    jsonb_build_object(
        'metadata',
        jsonb_build_object('a', (SELECT jsonb_agg(nth) FROM generate_series(1, 4000) AS nth))
    ),
    NULL
),
('wallet_registry_updated_after_created', '{"updated_at": "2025-12-31T23:59:59Z"}', NULL);

\ir ../../support/refusals.psql

SELECT
    throws_ok(
        'UPDATE wallets.wallet_registry SET provider = ''stripe''',
        '22P02',
        'invalid input value for enum wallets.wallet_provider: "stripe"',
        'an unknown provider is refused'
    );

-- The wall stands, and nothing stands beside it

SELECT
    indexes_are(
        'wallets',
        'wallet_registry',
        ARRAY[
            'wallet_registry_pk',
            'wallet_registry_external_id_unique',
            'wallet_registry_user_provider_account_unique'
        ],
        'three indexes, each of them a rule: none is redundant'
    );
SELECT
    col_is_unique(
        'wallets', 'wallet_registry', ARRAY['user_id', 'provider', 'provider_account_id'],
        'a user has an account at a provider once'
    );

SELECT * FROM finish();
ROLLBACK;
