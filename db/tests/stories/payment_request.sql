-- A payment request's life: a merchant comes, asks, loses the answer, asks again, reads, is paid,
-- leaves.
\ir ../support/begin.psql

SELECT plan(14);

-- An operator makes a merchant and a key

SET LOCAL ROLE pgtill_operator;

SELECT made.organization_id AS merchant
FROM identity.create_organization('Corner shop') AS made \gset
SELECT made.organization_id AS rival
FROM identity.create_organization('Shop across the street') AS made \gset
SELECT
    identity.create_api_key(
        :'merchant', 'cornershop01', '$2b$12$' || repeat('x', 53),
        ARRAY['payment_requests:read', 'payment_requests:write', 'assets:read']
    ) AS created_at,
    identity.create_api_key(
        :'rival', 'acrossstreet', '$2b$12$' || repeat('y', 53), ARRAY['payment_requests:read']
    ) AS rival_created_at
\gset

-- The service starts with its key, and recognises the merchant by the merchant's

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        synced.match_source, 'unhashed', 'the service binds the account of regtest to its key'
    )
FROM given.sync('btc regtest') AS synced;
SELECT found.organization_id AS shop FROM identity.find_api_key('cornershop01') AS found \gset
SELECT found.organization_id AS other FROM identity.find_api_key('acrossstreet') AS found \gset

-- It asks, guessing the cursor; misses; derives from where it is told to; asks again

SELECT
    jsonb_build_array(
        jsonb_build_object(
            'organization_id', :shop,
            'idempotency_key', 'order 1001',
            'request_hash', given.digest('order 1001'),
            'chain', 'bitcoin',
            'network', 'regtest',
            'asset', 'BTC',
            'expected_amount_minor', '150000',
            'expires_in_seconds', 900,
            'metadata', '{"order": "1001"}'::jsonb
        )
    ) AS orders
\gset

SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome, answer.wallet_account_id, answer.next_index
            FROM app.allocate_and_insert(%L, given.window('wa_btc_regtest_001', 5, 3)) AS answer
            $$,
            :'orders'
        ),
        $$ VALUES ('window_missed', 'wa_btc_regtest_001', 0::bigint) $$,
        'a stale guess costs nothing but a second call'
    );

SELECT
    answer.outcome,
    answer.payment_request,
    answer.payment_request ->> 'id' AS id
FROM app.allocate_and_insert(:'orders', given.window('wa_btc_regtest_001', 0, 3)) AS answer \gset

SELECT is(:'outcome'::text, 'created', 'the second call creates');
SELECT
    is(
        :'payment_request'::jsonb -> 'payment_instructions' ->> 'address',
        given.address('bitcoin', 0),
        'and hands out the first address of the key'
    );

-- The answer is lost on the way; the merchant asks again

SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome, answer.payment_request
            FROM app.allocate_and_insert(%L, given.window('wa_btc_regtest_001', 1, 3)) AS answer
            $$,
            :'orders'
        ),
        format($$ VALUES ('replayed', %L::jsonb) $$, :'payment_request'),
        'asked again with its key, the same answer'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome
            FROM app.allocate_and_insert(
                jsonb_set(%L, '{0,request_hash}', to_jsonb(given.digest('order 1002'))),
                given.window('wa_btc_regtest_001', 1, 3)
            ) AS answer
            $$,
            :'orders'
        ),
        $$ VALUES ('idempotency_key_conflict') $$,
        'asked for something else with that key, a conflict'
    );

-- Only the merchant sees it

SELECT
    results_eq(
        format(
            'SELECT found.payment_request'
            ' FROM app.get_payment_requests(ARRAY[%s], ARRAY[%L]) AS found',
            :shop,
            :'id'
        ),
        format('VALUES (%L::jsonb)', :'payment_request'),
        'the merchant reads it'
    );
SELECT
    is_empty(
        format(
            'SELECT found.payment_request'
            ' FROM app.get_payment_requests(ARRAY[%s], ARRAY[%L]) AS found',
            :other,
            :'id'
        ),
        'the shop across the street does not'
    );

-- The asset is taken off the catalog; what was handed out stays

SET LOCAL ROLE pgtill_operator;

SELECT
    lives_ok(
        $$
        SELECT app.set_asset('bitcoin', 'regtest', 'BTC', 'alice', 'incident 7', enabled => FALSE)
        $$,
        'an operator takes the asset off the catalog'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome
            FROM app.allocate_and_insert(
                %1$L::jsonb || jsonb_set(%1$L, '{0,idempotency_key}', '"order 1003"'),
                given.window('wa_btc_regtest_001', 1, 3)
            ) AS answer
            $$,
            :'orders'
        ),
        $$ VALUES ('replayed'), ('unsupported_network') $$,
        'used keys still replay; new orders are refused'
    );

-- It is paid: the status changes, the first answer does not

RESET ROLE;

UPDATE app.payment_requests
SET status = 'confirmed'
WHERE id = :'id';

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT found.payment_request ->> 'status', answer.payment_request ->> 'status'
            FROM app.get_payment_requests(ARRAY[%s], ARRAY[%L]) AS found, app.allocate_and_insert(%L, '[]') AS answer
            $$,
            :shop, :'id', :'orders'
        ),
        $$ VALUES ('confirmed', 'pending') $$,
        'reading tells how it stands now; a replay, what was answered'
    );

-- The key is revoked

SET LOCAL ROLE pgtill_operator;

SELECT
    ok(
        identity.revoke_api_key('cornershop01') IS NOT NULL, 'the merchant leaves'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    is_empty(
        'SELECT found.* FROM identity.find_api_key(''cornershop01'') AS found',
        'and is known no more'
    );

-- An auditor looks

SET LOCAL ROLE pgtill_auditor;

SELECT is_empty('SELECT anomaly.* FROM app.anomalies AS anomaly', 'nothing is out of order');

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
