-- wallet_payload(): a wallet as the API shows it.
\ir ../../support/begin.psql

SELECT plan(3);

SELECT
    is(
        given.shape('wallets.wallet_payload(wallets.wallet_registry, text)'),
        'stable invoker, private',
        'nobody but the owner calls it'
    );

-- Given a session in a time zone of its own, and a wallet with and one without options

SELECT given.people() AS shop \gset

SET LOCAL timezone = 'Asia/Kathmandu';

SELECT person.id AS ann
FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset

INSERT INTO wallets.wallet_registry (
    external_id, user_id, provider, provider_account_id, provider_customer_id, idempotency_key,
    metadata, is_active, created_at, updated_at
)
VALUES
(
    'wal_aaaaaaaaaaaaaaaaaaaaaaaa', :ann, 'lnbits', 'a', 'c', 'secret', '{"b": [1]}', FALSE,
    '2026-02-28 23:59:59.000001Z', '2026-03-01 00:00Z'
),
(
    'wal_bbbbbbbbbbbbbbbbbbbbbbbb', :ann, 'fincra', 'b', NULL, NULL, '{}', TRUE,
    '2026-02-28 23:59:59Z', '2026-02-28 23:59:59Z'
);

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        wallets.wallet_payload(wallet, 'usr_x'),
        shown.payload,
        shown.label
    )
FROM (
    VALUES
    (
        'wal_aaaaaaaaaaaaaaaaaaaaaaaa',
        '{"id": "wal_aaaaaaaaaaaaaaaaaaaaaaaa", "user_id": "usr_x", "provider": "lnbits",'
        ' "provider_account_id": "a", "provider_customer_id": "c", "metadata": {"b": [1]},'
        ' "is_active": false, "created_at": "2026-02-28T23:59:59.000001Z",'
        ' "updated_at": "2026-03-01T00:00:00.000000Z"}'::jsonb,
        'everything but keys; times in UTC to the microsecond'
    ),
    (
        'wal_bbbbbbbbbbbbbbbbbbbbbbbb',
        '{"id": "wal_bbbbbbbbbbbbbbbbbbbbbbbb", "user_id": "usr_x", "provider": "fincra",'
        ' "provider_account_id": "b", "provider_customer_id": null, "metadata": {},'
        ' "is_active": true, "created_at": "2026-02-28T23:59:59.000000Z",'
        ' "updated_at": "2026-02-28T23:59:59.000000Z"}',
        'what is not there is null'
    )
) AS shown (id, payload, label)
INNER JOIN wallets.wallet_registry AS wallet ON shown.id = wallet.external_id;

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
