-- read_registrations(): what a batch says, with users and providers looked up.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('wallets.read_registrations(jsonb)'),
        'stable invoker, private',
        'nobody but the owner calls it'
    );

-- Given a shop

SELECT given.people() AS shop \gset

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT
            item.item_position, item.user_id IS NOT NULL, item.public_user_id = given.user_id('ann'),
            item.provider::text, item.provider_account_id, item.provider_customer_id,
            item.metadata, item.idempotency_key
        FROM wallets.read_registrations(
            jsonb_build_array(
                given.registration('a', 'k', fields => '{"metadata": {"a": 1}, "provider_customer_id": "c"}'),
                given.registration('a', fields => '{"provider": "lnbits", "metadata": null}'),
                given.registration('a', fields => '{"provider": "Fincra"}'),
                given.registration('a', fields => '{"provider": null}'),
                given.registration('a', person => 'eve'),
                given.registration('a', organization => 'other'),
                given.registration('a', fields => '{"user_id": null}')
            )
        ) AS item
        ORDER BY item.item_position
        $$,
        $$
        VALUES
        (1, TRUE, TRUE, 'fincra', 'a', 'c', '{"a": 1}'::jsonb, 'k'),
        (2, TRUE, TRUE, 'lnbits', 'a', NULL, '{}', NULL),
        (3, TRUE, TRUE, NULL, 'a', NULL, '{}', NULL),
        (4, TRUE, TRUE, NULL, 'a', NULL, '{}', NULL),
        (5, FALSE, FALSE, 'fincra', 'a', NULL, '{}', NULL),
        (6, FALSE, TRUE, 'fincra', 'a', NULL, '{}', NULL),
        (7, FALSE, NULL, 'fincra', 'a', NULL, '{}', NULL)
        $$,
        'who is no member has no id, what is no provider is none, no metadata is an empty object'
    );

RESET ROLE;

SELECT is(count(*), 0::bigint, 'reading registers nothing') FROM wallets.wallet_registry;

SELECT * FROM finish();
ROLLBACK;
