-- update_wallet(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(16);

-- Shape

SELECT
    is(
        given.shape('wallets.update_wallet(bigint, text, jsonb)'),
        'volatile definer, pgtill_service',
        'only the service calls it'
    );

-- Given a wallet

SELECT given.people() AS shop \gset

SELECT answer.wallet ->> 'id' AS wallet
FROM wallets.register_wallets(
    jsonb_build_array(
        given.registration(
            'a', 'k', fields => '{"provider_customer_id": "c", "metadata": {"a": 1, "b": 2}}'
        )
    )
) AS answer \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT changed.wallet ->> 'provider_customer_id', changed.wallet -> 'metadata',
                changed.wallet ->> 'is_active'
            FROM wallets.update_wallet(%s, %L, %L) AS changed
            $$,
            :shop, :'wallet', change.changes
        ),
        format('VALUES (%L, %L::jsonb, ''true'')', change.customer, change.metadata),
        change.label
    )
FROM (
    VALUES
    ('{}', 'c', '{"a": 1, "b": 2}', 'no changes'),
    ('{"provider_customer_id": "d"}', 'd', '{"a": 1, "b": 2}', 'what is left out stays'),
    ('{"metadata": {"a": 3}}', 'd', '{"a": 3}', 'metadata is replaced whole'),
    (
        '{"metadata": {"a": 3}, "provider_customer_id": "d"}', 'd', '{"a": 3}',
        'what is the same already is no change'
    ),
    (
        '{"metadata": {}, "provider_customer_id": null}', NULL, '{}',
        'null takes the customer id away, both in one change'
    ),
    (
        '{"is_active": false, "provider_account_id": "b", "id": 1, "x": 1}', NULL, '{}',
        'nothing else can be changed'
    )
) AS change (changes, customer, metadata, label);
SELECT
    is_empty(
        format(
            'SELECT changed.* FROM wallets.update_wallet(%L, %L, ''{}'') AS changed',
            asked.tenant,
            asked.id
        ),
        asked.label
    )
FROM (
    VALUES
    (
        given.organization_id('other'),
        :'wallet',
        'another organization''s wallet is as if not there'
    ),
    (:shop, 'wal_000000000000000000000000', 'nor is an unknown one')
) AS asked (tenant, id, label);

-- Refusals

SELECT
    throws_ok(
        format('SELECT wallets.update_wallet(%s, %L, %L)', :shop, :'wallet', refused.changes),
        refused.code,
        refused.message,
        refused.label
    )
FROM (
    VALUES
    (
        '{"metadata": null}', '23502',
        'null value in column "metadata" of relation "wallet_registry" violates not-null'
        ' constraint',
        'metadata is never null'
    ),
    (
        '{"metadata": [1]}', '23514',
        'new row for relation "wallet_registry" violates check constraint'
        ' "wallet_registry_metadata_object"',
        'metadata is an object'
    ),
    (
        '{"provider_customer_id": ""}', '23514',
        'new row for relation "wallet_registry" violates check constraint'
        ' "wallet_registry_provider_customer_id_shape"',
        'a customer id is not empty'
    )
) AS refused (changes, code, message, label);

RESET ROLE;

-- State after

SELECT
    results_eq(
        $$
        SELECT event.sequence, event.action, event.details -> 'before', event.details -> 'after'
        FROM wallets.audit_events AS event
        ORDER BY event.sequence
        $$,
        $$
        VALUES
        (1::bigint, 'register_wallet', NULL::jsonb, NULL::jsonb),
        (2, 'update_wallet', '{"provider_customer_id": "c"}', '{"provider_customer_id": "d"}'),
        (3, 'update_wallet', '{"metadata": {"a": 1, "b": 2}}', '{"metadata": {"a": 3}}'),
        (4, 'update_wallet', '{"metadata": {"a": 3}, "provider_customer_id": "d"}',
            '{"metadata": {}, "provider_customer_id": null}')
        $$,
        'one event a change, with what was and what is'
    );
SELECT
    is(
        event.user_id || ' ' || (event.details ->> 'provider_wallet_id'),
        given.user_id('ann') || ' a',
        'and whose wallet it is'
    )
FROM wallets.audit_trail AS event
WHERE event.sequence = 2;
SELECT ok(wallet.updated_at > wallet.created_at, 'the row says when it last changed')
FROM wallets.wallet_registry AS wallet;
SELECT is_empty('SELECT broken.* FROM wallets.anomalies AS broken', 'nothing is amiss');

SELECT * FROM finish();
ROLLBACK;
