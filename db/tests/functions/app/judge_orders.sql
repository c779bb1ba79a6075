-- judge_orders(): each order as if it came alone. What the outcomes mean is walked in
-- allocate_and_insert.sql.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('app.judge_orders(jsonb)'),
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

UPDATE app.wallet_accounts AS account
SET next_index = 2147483648
WHERE account.id = 'wa_btc_testnet_001';

SELECT
    results_eq(
        $$
        SELECT
            judged.order_position,
            judged.verdict,
            judged.wallet_account_id,
            judged.next_index,
            judged.issued_by,
            judged.first_answer ->> 'asset'
        FROM app.judge_orders(
            jsonb_build_array(
                given.order('used'),
                given.order('used', fields => '{"request_hash": "other"}'),
                given.order('new'),
                given.order('new'),
                given.order('end', fields => '{"network": "testnet"}'),
                given.order('what', 'DOGE'),
                given.order('where', fields => '{"network": "moon"}')
            )
        ) AS judged
        ORDER BY judged.order_position
        $$,
        $$
        VALUES
        (1, 'replayed', 'wa_btc_regtest_001', 1::bigint, 'wa_btc_regtest_001', 'BTC'),
        (2, 'idempotency_key_conflict', 'wa_btc_regtest_001', 1, 'wa_btc_regtest_001', 'BTC'),
        (3, 'created', 'wa_btc_regtest_001', 1, NULL, NULL),
        (4, 'created', 'wa_btc_regtest_001', 1, NULL, NULL),
        (5, 'wallet_exhausted', 'wa_btc_testnet_001', 2147483648, NULL, NULL),
        (6, 'unsupported_asset', NULL, NULL, NULL, NULL),
        (7, 'unsupported_network', NULL, NULL, NULL, NULL)
        $$,
        'each order is judged alone: two with one new key are both to be created'
    );
SELECT
    results_eq(
        $$
        SELECT judged.expires_in_seconds, judged.metadata
        FROM app.judge_orders(
            jsonb_build_array(
                given.order('a') - 'expires_in_seconds' - 'metadata',
                given.order('b', fields => '{"expires_in_seconds": 90, "metadata": {"a": 1}}')
            )
        ) AS judged
        ORDER BY judged.order_position
        $$,
        $$ VALUES (3600::bigint, '{}'::jsonb), (90, '{"a": 1}') $$,
        'what an order leaves out is the asset''s default'
    );
SELECT
    is_empty(
        $$ SELECT judged.verdict FROM app.judge_orders('[]') AS judged $$,
        'nothing asked, nothing judged'
    );

-- State after

SELECT is(count(*), 1::bigint, 'no judgement stores anything') FROM app.payment_requests;

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
