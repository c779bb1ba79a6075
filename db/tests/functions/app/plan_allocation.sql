-- plan_allocation(): decides, changes nothing. What each outcome means is walked in
-- allocate_and_insert.sql.
\ir ../../support/begin.psql

SELECT plan(7);

-- Shape

SELECT
    is(
        given.shape('app.plan_allocation(jsonb, jsonb)'),
        'stable invoker, private',
        'nobody but the owner calls it'
    );

-- Given a shop with one payment request

SELECT given.shop() AS shop \gset

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        answer.outcome, 'created', 'a key is used'
    )
FROM app.allocate_and_insert(
    jsonb_build_array(given.order('used')), given.window('wa_btc_regtest_001', 0, 1)
) AS answer;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT
            plan.order_position,
            plan.outcome,
            plan.leader_position,
            plan.derivation_index,
            plan.address,
            plan.next_index,
            plan.expires_in_seconds,
            plan.metadata,
            plan.first_answer ->> 'asset'
        FROM app.plan_allocation(
            jsonb_build_array(
                given.order('used'),
                given.order('new'),
                given.order('new'),
                given.order('nothing', 'DOGE'),
                given.order('newer', fields => '{"expires_in_seconds": 90, "metadata": {"a": 1}}'),
                given.order('newest')
            ),
            given.window('wa_btc_regtest_001', 0, 3)
        ) AS plan
        ORDER BY plan.order_position
        $$,
        $$
        VALUES
        (1, 'replayed', 1, NULL::bigint, NULL::text, 1::bigint, 3600::bigint, '{}'::jsonb, 'BTC'),
        (2, 'created', 2, 1, given.address('bitcoin', 1), 1, 3600, '{}', NULL),
        (3, 'replayed', 2, NULL, NULL, 1, 3600, '{}', NULL),
        (4, 'unsupported_asset', 4, NULL, NULL, NULL, NULL, '{}', NULL),
        (5, 'created', 5, 2, given.address('bitcoin', 2), 1, 90, '{"a": 1}', NULL),
        (6, 'window_missed', 6, 3, NULL, 1, 3600, '{}', NULL)
        $$,
        'each order has its outcome, its leader and, where it is created, its place'
    );
SELECT
    results_eq(
        $$
        SELECT plan.outcome
        FROM app.plan_allocation(
            jsonb_build_array(given.order('e', 'ETH')), given.window('wa_btc_regtest_001', 0, 3)
        ) AS plan
        $$,
        $$ VALUES ('window_missed') $$,
        'the window of another account does not serve'
    );

-- An account at its end, and a window that begins at 0

UPDATE app.wallet_accounts AS account
SET next_index = 2147483647
WHERE account.id = 'wa_btc_testnet_001';

SELECT
    results_eq(
        $$
        SELECT plan.outcome
        FROM app.plan_allocation(
            jsonb_build_array(
                given.order('t1', fields => '{"network": "testnet"}'),
                given.order('t2', fields => '{"network": "testnet"}')
            ),
            given.window('wa_btc_testnet_001', 0, 3)
        ) AS plan
        ORDER BY plan.order_position
        $$,
        $$ VALUES ('window_missed'), ('wallet_exhausted') $$,
        'an index beyond the last is not even looked for'
    );

-- State after

SELECT
    is(
        account.next_index, 1::bigint, 'no plan moves a cursor'
    )
FROM app.wallet_accounts AS account
WHERE account.id = 'wa_btc_regtest_001';
SELECT is(count(*), 1::bigint, 'no plan stores anything') FROM app.payment_requests;

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
