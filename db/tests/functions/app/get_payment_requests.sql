-- get_payment_requests(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(9);

-- Shape

SELECT
    is(
        given.shape('app.get_payment_requests(bigint[], text[])'),
        'stable definer, pgtill_service',
        'only the service calls it'
    );
SELECT
    is(
        pg_get_function_result('app.get_payment_requests(bigint[], text[])'::regprocedure),
        'TABLE(request_position integer, payment_request jsonb, wallet_account_id text)',
        'it answers the place, the object and the account'
    );

-- Given a shop with a payment request

SELECT given.shop() AS shop \gset

SET LOCAL ROLE pgtill_service;

SELECT
    answer.payment_request,
    answer.payment_request ->> 'id' AS id
FROM app.allocate_and_insert(
    jsonb_build_array(given.order('a')), given.window('wa_btc_regtest_001', 0, 1)
) AS answer \gset

-- Acting as the service

SELECT
    results_eq(
        format(
            'SELECT found.* FROM app.get_payment_requests(ARRAY[%s], ARRAY[%L]) AS found',
            :shop,
            :'id'
        ),
        format('VALUES (1, %L::jsonb, %L)', :'payment_request', 'wa_btc_regtest_001'),
        'the organization that asked sees what it was answered'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT found.request_position
            FROM app.get_payment_requests(
                ARRAY[%1$s, %1$s, %2$s, %1$s], ARRAY['pr_x', %3$L, %3$L, %3$L]
            ) AS found
            ORDER BY found.request_position
            $$,
            :shop, :shop + 1, :'id'
        ),
        'VALUES (2), (4)',
        'of several, each is answered in its place, and only to whose it is'
    );
SELECT
    is_empty(
        format(
            'SELECT found.* FROM app.get_payment_requests(ARRAY[%L]::bigint[], ARRAY[%L]) AS found',
            asked.shop,
            asked.id
        ),
        format('%s is as if it were not there', asked.label)
    )
FROM (
    VALUES
    (:shop + 1, :'id', 'a payment request of another organization'),
    (:shop, 'pr_000000000000000000000000', 'an unknown id'),
    (:shop, NULL, 'no id'),
    (NULL, :'id', 'a payment request asked for by nobody')
) AS asked (shop, id, label);

-- Refusals

SELECT
    throws_ok(
        'SELECT request.id FROM app.payment_requests AS request',
        '42501', 'permission denied for table payment_requests', 'the service reads no other way'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
