-- wallet_idempotency_keys: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table wallets.wallet_idempotency_keys

SELECT plan(17);

-- The trigger that refuses edits comes before every rule; it has a test of its own.

SELECT given.people() AS shop \gset

ALTER TABLE wallets.wallet_idempotency_keys DISABLE TRIGGER USER;

SELECT count(*) AS registered
FROM given.register(
    given.registration('a'), given.registration('b'), given.registration('c'),
    given.registration('bob''s', person => 'bob')
) \gset

SELECT person.id AS ann
FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset

SELECT person.id AS bob
FROM identity.users AS person
WHERE person.public_id = given.user_id('bob') \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'user_id', :ann,
        'idempotency_key', 'key ' || nth,
        'provider', 'fincra',
        'provider_account_id', (ARRAY['a', 'b', 'c'])[nth],
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('wallet_idempotency_keys_pk', '{"idempotency_key": "key 1"}'::jsonb),
('wallet_idempotency_keys_key_length', '{"idempotency_key": ""}'),
('wallet_idempotency_keys_key_length', jsonb_build_object('idempotency_key', repeat('k', 256))),
('wallet_idempotency_keys_wallet_fk', '{"provider": "paystack"}'),
('wallet_idempotency_keys_wallet_fk', '{"provider_account_id": "bob''s"}');

\ir ../../support/refusals.psql

SELECT
    lives_ok(
        format(
            'INSERT INTO wallets.wallet_idempotency_keys'
            ' (user_id, idempotency_key, provider, provider_account_id)'
            ' VALUES (%s, ''key 1'', ''fincra'', ''bob''''s'')',
            :bob
        ),
        'another user may have the same key'
    );
SELECT
    results_eq(
        $$
        SELECT pg_get_indexdef(idx.indexrelid) ~ 'UNIQUE', idx.indkey::text
        FROM pg_index AS idx
        WHERE idx.indrelid = 'wallets.wallet_idempotency_keys'::regclass
        ORDER BY 1 DESC
        $$,
        $$ VALUES (TRUE, '1 2'), (FALSE, '4 1 3') $$,
        'one unique rule, of user and key, and one index, of the foreign key: none is redundant'
    );
SELECT
    col_is_pk(
        'wallets', 'wallet_idempotency_keys', ARRAY['user_id', 'idempotency_key'],
        'a user has a key once'
    );
SELECT
    is_empty(
        $$
        SELECT idx.indexrelid::regclass
        FROM pg_index AS idx
        INNER JOIN pg_attribute AS col
            ON col.attrelid = idx.indrelid AND col.attnum = ANY (idx.indkey::smallint[])
        WHERE idx.indrelid = 'wallets.wallet_registry'::regclass AND col.attname = 'idempotency_key'
        $$,
        'keys are unique here, and not a second time in the registry'
    );

SELECT * FROM finish();
ROLLBACK;
