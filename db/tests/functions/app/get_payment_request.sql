-- get_payment_request(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('app.get_payment_request(bigint, text)'),
        'stable definer, pgtill_service',
        'only the service calls it'
    );
SELECT
    is(
        pg_get_function_result('app.get_payment_request(bigint, text)'::regprocedure),
        'TABLE(payment_request jsonb, wallet_account_id text)',
        'it answers the object and the account'
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
        format('SELECT found.* FROM app.get_payment_request(%s, %L) AS found', :shop, :'id'),
        format('VALUES (%L::jsonb, %L)', :'payment_request', 'wa_btc_regtest_001'),
        'the organization that asked sees what it was answered'
    );
SELECT
    is_empty(
        format(
            'SELECT found.* FROM app.get_payment_request(%L, %L) AS found',
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
