-- register_wallet(): register_wallets() of one item.
\ir ../../support/begin.psql

SELECT plan(7);

-- Shape

SELECT
    is(
        given.shape('wallets.register_wallet(bigint, text, text, text, text, jsonb, text)'),
        'volatile definer, pgtill_service',
        'only the service calls it'
    );

-- Given a shop

SELECT given.people() AS shop \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT
                answer.outcome, answer.wallet ->> 'provider_customer_id', answer.wallet -> 'metadata',
                answer.is_raced
            FROM wallets.register_wallet(
                organization_id => %1$s, user_id => given.user_id('ann'), provider => 'fincra',
                provider_account_id => %2$L, provider_customer_id => %3$L, metadata => %4$L,
                idempotency_key => %5$L
            ) AS answer
            $$,
            :shop, asked.account, asked.customer, asked.metadata, asked.key
        ),
        format(
            'VALUES (%L, %L, %L::jsonb, FALSE)',
            asked.outcome, asked.customer_then, asked.metadata_then
        ),
        format('%s %s', asked.account, asked.outcome)
    )
FROM (
    VALUES
    ('a', 'c', '{"a": 1}', 'k', 'registered', 'c', '{"a": 1}'),
    ('a', 'other', '{"a": 2}', 'k', 'replayed', 'c', '{"a": 1}'),
    ('b', NULL, NULL, 'k', 'idempotency_key_conflict', NULL, NULL),
    ('b', NULL, NULL, NULL, 'registered', NULL, '{}')
) AS asked (account, customer, metadata, key, outcome, customer_then, metadata_then);

-- Refusals

SELECT
    throws_ok(
        format(
            'SELECT wallets.register_wallet(%s, given.user_id(''ann''), ''fincra'', NULL)', :shop
        ),
        '23502',
        'null value in column "provider_account_id" of relation "wallet_registry" violates'
        ' not-null constraint',
        'no account is refused'
    );
SELECT
    throws_ok(
        format(
            'SELECT wallets.register_wallet(%s, given.user_id(''ann''), ''fincra'', ''c'', '''')',
            :shop
        ),
        '23514',
        'new row for relation "wallet_registry" violates check constraint'
        ' "wallet_registry_provider_customer_id_shape"',
        'an empty customer id is refused'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
