-- allocate_and_insert(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(47);

-- Shape

SELECT
    is(
        given.shape('app.allocate_and_insert(jsonb, jsonb)'),
        'volatile definer, pgtill_service',
        'only the service calls it, with the rights of the owner'
    );
SELECT
    is(
        pg_get_function_result('app.allocate_and_insert(jsonb, jsonb)'::regprocedure),
        'TABLE(order_position integer, outcome text, payment_request jsonb, wallet_account_id'
        ' text, next_index bigint)',
        'it answers one row an order'
    );

-- Given a shop, three bound accounts, and one that is about to be exhausted

SELECT given.shop() AS shop \gset

UPDATE app.wallet_accounts AS account
SET next_index = 2147483646
WHERE account.id = 'wa_btc_testnet_001';

UPDATE app.asset_catalog AS catalog
SET enabled = FALSE
WHERE catalog.asset = 'USDT';

-- Acting as the service: created

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            answer.order_position,
            answer.outcome,
            answer.payment_request -> 'payment_instructions' ->> 'address',
            (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::bigint,
            answer.wallet_account_id,
            answer.next_index
        FROM app.allocate_and_insert(
            orders => jsonb_build_array(
                given.order('a1'),
                given.order('e1', 'ETH'),
                given.order('a2'),
                given.order('e2', 'ETH')
            ),
            windows => given.window('wa_btc_regtest_001', 0, 8) || given.window('wa_eth_sepolia_001', 0, 8)
        ) AS answer
        $$,
        $$
        VALUES
        (1, 'created', given.address('bitcoin', 0), 0::bigint, 'wa_btc_regtest_001', 2::bigint),
        (2, 'created', given.address('ethereum', 0), 0, 'wa_eth_sepolia_001', 2),
        (3, 'created', given.address('bitcoin', 1), 1, 'wa_btc_regtest_001', 2),
        (4, 'created', given.address('ethereum', 1), 1, 'wa_eth_sepolia_001', 2)
        $$,
        'two accounts in one batch: each counts its own indexes, in input order'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome,
        (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::integer
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('a3')), given.window('wa_btc_regtest_001', 0, 8)
        ) AS answer
        $$,
        $$ VALUES ('created', 2) $$,
        'a window may begin before the cursor'
    );

-- replayed, idempotency_key_conflict

SELECT
    results_eq(
        $$
        SELECT
            answer.outcome,
            answer.payment_request -> 'payment_instructions' ->> 'address',
            answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('a1')), given.window('wa_btc_regtest_001', 3, 1)
        ) AS answer
        $$,
        $$ VALUES ('replayed', given.address('bitcoin', 0), 3::bigint) $$,
        'the key for the same request again: the first answer, and no index'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome
        FROM app.allocate_and_insert(jsonb_build_array(given.order('a1')), '[]') AS answer
        $$,
        $$ VALUES ('replayed') $$,
        'a replay needs no window'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.payment_request
        FROM app.allocate_and_insert(
            jsonb_build_array(
                given.order(
                    'a1',
                    fields => jsonb_build_object('request_hash', given.digest('other request'))
                )
            ),
            given.window('wa_btc_regtest_001', 3, 1)
        ) AS answer
        $$,
        $$ VALUES ('idempotency_key_conflict', NULL::jsonb) $$,
        'the key for another request: a conflict, and no look at the first answer'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome,
        (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::integer
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('a1', organization => 'other')),
            given.window('wa_btc_regtest_001', 3, 1)
        ) AS answer
        $$,
        $$ VALUES ('created', 3) $$,
        'a key is its organization''s own: another''s is a new order'
    );

-- Twice one key in one batch

SELECT
    results_eq(
        $$
        SELECT
            answer.order_position,
            answer.outcome,
            (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::integer,
            answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(
                given.order('b'),
                given.order('b'),
                given.order(
                    'b',
                    fields => jsonb_build_object('request_hash', given.digest('other request'))
                ),
                given.order('b', organization => 'other'),
                given.order('b')
            ),
            given.window('wa_btc_regtest_001', 4, 8)
        ) AS answer
        $$,
        $$
        VALUES
        (1, 'created', 4, 6::bigint),
        (2, 'replayed', 4, 6),
        (3, 'idempotency_key_conflict', NULL, 6),
        (4, 'created', 5, 6),
        (5, 'replayed', 4, 6)
        $$,
        'one key several times in a batch: the first leads, the same request is a replay, another'
        ' a conflict'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome,
        (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::integer
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('c', 'DOGE'), given.order('c'), given.order('c', 'DOGE')),
            given.window('wa_btc_regtest_001', 6, 8)
        ) AS answer
        $$,
        $$
        VALUES
        ('unsupported_asset', NULL::integer),
        ('created', 6),
        ('unsupported_asset', NULL)
        $$,
        'a refused order does not take its key along: the next order of that key is not harmed'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(
                given.order('d'),
                given.order('d'),
                given.order(
                    'd',
                    fields => jsonb_build_object('request_hash', given.digest('other request'))
                )
            ),
            given.window('wa_btc_regtest_001', 7, 0)
        ) AS answer
        $$,
        $$ VALUES ('window_missed', 7::bigint), ('window_missed', 7), ('window_missed', 7) $$,
        'when the window misses the leader, its followers are to be asked again, too'
    );

-- unsupported_network, unsupported_asset

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.payment_request, answer.wallet_account_id
        FROM app.allocate_and_insert(
            jsonb_build_array(
                given.order('u1', fields => '{"network": "mainnet"}'),
                given.order('u2', fields => '{"chain": "dogecoin"}'),
                given.order('u3', fields => '{"network": null}'),
                given.order('u4', fields => '{"asset": "DOGE"}'),
                given.order('u5', 'USDT'),
                given.order('u6', fields => '{"asset": "btc"}')
            ),
            given.window('wa_btc_regtest_001', 7, 8) || given.window('wa_eth_sepolia_001', 2, 8)
        ) AS answer
        $$,
        $$
        VALUES
        ('unsupported_network', NULL::jsonb, NULL),
        ('unsupported_network', NULL, NULL),
        ('unsupported_network', NULL, NULL),
        ('unsupported_asset', NULL, NULL),
        ('unsupported_asset', NULL, NULL),
        ('unsupported_asset', NULL, NULL)
        $$,
        'what the catalog does not offer, or offers no more, is refused by name'
    );

-- window_missed

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet_account_id, answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('w1'), given.order('w2'), given.order('w3')),
            given.window('wa_btc_regtest_001', 7, 2)
        ) AS answer
        $$,
        $$
        VALUES
        ('created', 'wa_btc_regtest_001', 9::bigint),
        ('created', 'wa_btc_regtest_001', 9),
        ('window_missed', 'wa_btc_regtest_001', 9)
        $$,
        'a window too short serves the orders it reaches, and tells where the cursor then stands'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('w4')), given.window('wa_btc_regtest_001', 0, 9)
        ) AS answer
        $$,
        $$ VALUES ('window_missed', 9::bigint) $$,
        'a window that ends at the cursor misses'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('w4')), given.window('wa_btc_regtest_001', 10, 8)
        ) AS answer
        $$,
        $$ VALUES ('window_missed', 9::bigint) $$,
        'a window that begins after the cursor would leave a hole, so it misses'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet_account_id, answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('w4'), given.order('w5', 'ETH')),
            given.window('wa_eth_sepolia_001', 2, 1)
        ) AS answer
        $$,
        $$
        VALUES
        ('window_missed', 'wa_btc_regtest_001', 9::bigint),
        ('created', 'wa_eth_sepolia_001', 3)
        $$,
        'an account without a window misses; its neighbour is served'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome,
        (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::integer
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('w4'), given.order('w6'), given.order('w7')),
            jsonb_set(given.window('wa_btc_regtest_001', 9, 3), '{0,addresses,1}', 'null')
        ) AS answer
        $$,
        $$ VALUES ('created', 9), ('window_missed', NULL), ('window_missed', NULL) $$,
        'after an address that is missing in the middle of a window nothing is handed out: no hole'
    );

-- wallet_exhausted

SELECT
    results_eq(
        $$
        SELECT
            answer.outcome,
            (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::bigint,
            answer.next_index
        FROM app.allocate_and_insert(
            (
                SELECT jsonb_agg(given.order('x' || nth, fields => '{"network": "testnet"}') ORDER BY nth)
                FROM generate_series(1, 3) AS nth
            ),
            jsonb_build_array(
                jsonb_build_object(
                    'wallet_account_id', 'wa_btc_testnet_001',
                    'parent_key_digest', given.digest('btc testnet'),
                    'first_index', 2147483646,
                    'addresses', jsonb_build_array(
                        -- BIP173, "Examples", and BIP350, "Test vectors"
                        'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx',
                        'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7',
                        'tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c'
                    )
                )
            )
        ) AS answer
        $$,
        $$
        VALUES
        ('created', 2147483646::bigint, 2147483648),
        ('created', 2147483647, 2147483648),
        ('wallet_exhausted', NULL, 2147483648)
        $$,
        'index 2^31 - 1 is the last one of an account'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.wallet_account_id, answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(
                given.order('x3', fields => '{"network": "testnet"}'),
                given.order('x4')
            ),
            given.window('wa_btc_regtest_001', 10, 8)
        ) AS answer
        $$,
        $$
        VALUES
        ('wallet_exhausted', 'wa_btc_testnet_001', 2147483648),
        ('created', 'wa_btc_regtest_001', 11)
        $$,
        'an exhausted account stays so; its neighbour is served'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('x1', fields => '{"network": "testnet"}')), '[]'
        ) AS answer
        $$,
        $$ VALUES ('replayed') $$,
        'keys of an exhausted account still replay'
    );

-- What is stored

SELECT
    results_eq(
        $$
        SELECT
            answer.payment_request ->> 'expected_amount_minor',
            (answer.payment_request ->> 'expires_at')::timestamptz
            - (answer.payment_request ->> 'created_at')::timestamptz
        FROM app.allocate_and_insert(
            jsonb_build_array(
                given.order(
                    's1',
                    fields => jsonb_build_object('expected_amount_minor', repeat('9', 78))
                ),
                given.order(
                    's2',
                    fields => '{"expected_amount_minor": "0", "expires_in_seconds": 60}'
                ),
                given.order(
                    's3',
                    fields => '{"expires_in_seconds": 2592000, "metadata": {"order": "7"}}'
                )
            ),
            given.window('wa_btc_regtest_001', 11, 8)
        ) AS answer
        $$,
        $$
        VALUES
        (repeat('9', 78), interval '1 hour'),
        ('0', '60 seconds'),
        (NULL, '2592000 seconds')
        $$,
        'amounts to 10^78 - 1; expiry as asked, or the asset''s default of an hour'
    );
SELECT
    matches(
        answer.payment_request ->> 'id',
        '^pr_[0-9a-f]{24}$',
        'the id is pr_ and 24 lower hex digits'
    )
FROM app.allocate_and_insert(jsonb_build_array(given.order('s1')), '[]') AS answer;
SELECT
    is_empty(
        $$ SELECT answer.outcome FROM app.allocate_and_insert('[]', '[]') AS answer $$,
        'no order, no answer'
    );

-- A full batch with one bad item

SELECT
    results_eq(
        $$
        SELECT
            answer.outcome,
            count(*)::integer,
            max((answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::integer)
        FROM app.allocate_and_insert(
            (
                SELECT
                    jsonb_agg(
                        given.order('batch' || nth, CASE nth WHEN 77 THEN 'DOGE' ELSE 'BTC' END)
                        || '{"chain": "bitcoin", "network": "regtest"}'
                        ORDER BY nth
                    )
                FROM generate_series(1, 128) AS nth
            ),
            given.window('wa_btc_regtest_001', 14, 128)
        ) AS answer
        GROUP BY answer.outcome
        ORDER BY answer.outcome
        $$,
        $$ VALUES ('created', 127, 140), ('unsupported_asset', 1, NULL) $$,
        'one bad order in a batch of 128 costs nobody anything'
    );

-- Refusals: always the code AND the message

SELECT
    throws_ok(
        $$
        SELECT app.allocate_and_insert(
            jsonb_build_array(given.order('r')),
            given.window('wa_btc_regtest_001', 141, 1, 'another key')
        )
        $$,
        'TL003',
        'window is not of the key that its wallet account is bound to',
        'addresses of another key are refused'
    );
SELECT
    throws_ok(
        $$
        SELECT app.allocate_and_insert(
            jsonb_build_array(given.order('r')),
            given.window('wa_btc_regtest_001', 141, 1) #- '{0,parent_key_digest}'
        )
        $$,
        'TL003',
        'window is not of the key that its wallet account is bound to',
        'a window that does not say of which key it is is refused'
    );
SELECT
    throws_ok(
        $$
        SELECT app.allocate_and_insert(
            jsonb_build_array(given.order('r')), given.window('wa_btc_nowhere_001', 141, 1)
        )
        $$,
        'TL003',
        'window is not of the key that its wallet account is bound to',
        'a window of an account that does not exist is refused'
    );
SELECT
    throws_ok(
        $$
        SELECT app.allocate_and_insert(
            jsonb_build_array(given.order('r1'), given.order('r2')),
            jsonb_set(given.window('wa_btc_regtest_001', 141, 2), '{0,addresses,1}', '"bcrt1qbad"')
        )
        $$,
        '23514',
        'new row for relation "payment_requests" violates check constraint'
        ' "payment_requests_address_valid"',
        'an address that is none is refused, with its whole batch'
    );
SELECT
    throws_ok(
        $$
        SELECT app.allocate_and_insert(
            jsonb_build_array(given.order('r')),
            given.window('wa_btc_regtest_001', 141, 1, first_address => 0)
        )
        $$,
        '23505',
        'duplicate key value violates unique constraint "payment_requests_address_unique"',
        'an address that was handed out is refused'
    );
SELECT
    throws_ok(
        $$
        SELECT app.allocate_and_insert(
            jsonb_build_array(given.order('r') - 'idempotency_key'),
            given.window('wa_btc_regtest_001', 141, 1)
        )
        $$,
        '23502',
        'null value in column "idempotency_key" of relation "idempotency_records" violates'
        ' not-null constraint',
        'an order without a key is refused'
    );
SELECT
    throws_ok(
        $$
        SELECT app.allocate_and_insert(
            jsonb_build_array(given.order('r') - 'organization_id'),
            given.window('wa_btc_regtest_001', 141, 1)
        )
        $$,
        '23502',
        'null value in column "organization_id" of relation "payment_requests" violates not-null'
        ' constraint',
        'an order of nobody is refused'
    );
SELECT
    throws_ok(
        format(
            $$
            SELECT app.allocate_and_insert(
                jsonb_build_array(given.order('r', fields => '{"expires_in_seconds": %s}')),
                given.window('wa_btc_regtest_001', 141, 1)
            )
            $$,
            refused.seconds
        ),
        '23514',
        'new row for relation "payment_requests" violates check constraint'
        ' "payment_requests_expires_range"',
        format('an expiry of %s seconds is refused', refused.seconds)
    )
FROM unnest(ARRAY[59, 2592001]) AS refused (seconds);
SELECT
    throws_ok(
        format(
            $$
            SELECT app.allocate_and_insert(
                jsonb_build_array(given.order('r', fields => '{"expected_amount_minor": "%s"}')),
                given.window('wa_btc_regtest_001', 141, 1)
            )
            $$,
            refused.amount
        ),
        '23514',
        'new row for relation "payment_requests" violates check constraint'
        ' "payment_requests_expected_amount_range"',
        format('an amount of %s is refused', refused.amount)
    )
FROM unnest(ARRAY['-1', 'NaN']) AS refused (amount);
SELECT
    throws_ok(
        format(
            $$
            SELECT app.allocate_and_insert(
                jsonb_build_array(given.order('r', fields => '{"expected_amount_minor": "%s"}')),
                given.window('wa_btc_regtest_001', 141, 1)
            )
            $$,
            refused.amount
        ),
        '22003',
        'numeric field overflow',
        format('an amount of %s is refused', refused.label)
    )
FROM (
    VALUES ('1' || repeat('0', 78), '10^78'), ('Infinity', 'infinity')
) AS refused (amount, label);

RESET ROLE;

INSERT INTO app.wallet_accounts (id, chain, network, keyset_id)
VALUES ('wa_btc_unbound_001', 'bitcoin', 'regtest', 'ks_unbound');

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$
        SELECT app.allocate_and_insert(
            jsonb_build_array(given.order('r')), given.window('wa_btc_unbound_001', 0, 1)
        )
        $$,
        'TL003',
        'window is not of the key that its wallet account is bound to',
        'an account that no key was bound to yet hands out nothing'
    );

RESET ROLE;

DELETE FROM app.wallet_accounts
WHERE id = 'wa_btc_unbound_001';

-- State after

SELECT
    results_eq(
        $$
        SELECT account.id, account.next_index
        FROM app.wallet_accounts AS account
        ORDER BY account.id
        $$,
        $$
        VALUES
        ('wa_btc_regtest_001' COLLATE "C", 141::bigint),
        ('wa_btc_testnet_001', 2147483648),
        ('wa_eth_sepolia_001', 3)
        $$,
        'refused calls gave their indexes back'
    );
SELECT
    is_empty(
        $$
        SELECT record.idempotency_key
        FROM app.idempotency_records AS record
        WHERE record.idempotency_key ~ '^(r|u|d|x3$|batch77$)'
        $$,
        'refused orders leave no key behind'
    );
SELECT
    results_eq(
        $$
        SELECT request.metadata,
        record.expires_at = greatest(now() + interval '7 days', request.expires_at)
        FROM app.payment_requests AS request
        INNER JOIN app.idempotency_records AS record ON record.resource_id = request.id
        WHERE record.idempotency_key IN ('s1', 's3')
        ORDER BY record.idempotency_key
        $$,
        $$ VALUES ('{}'::jsonb, TRUE), ('{"order": "7"}', TRUE) $$,
        'metadata is kept, {} when there is none; a key is kept 7 days or as long as the payment'
        ' request'
    );
SELECT
    is_empty(
        $$
        SELECT anomaly.rule, anomaly.subject
        FROM app.anomalies AS anomaly
        WHERE anomaly.subject <> 'wa_btc_testnet_001'
        $$,
        'nothing is out of order, but for the cursor that this test set itself'
    );

-- Assets that share an account share its cursor

UPDATE app.asset_catalog AS catalog
SET enabled = TRUE
WHERE catalog.asset = 'USDT';

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            answer.outcome,
            answer.payment_request -> 'payment_instructions' ->> 'token_contract',
            (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::integer
        FROM app.allocate_and_insert(
            jsonb_build_array(
                given.order('t1', 'USDT'),
                given.order('t2', 'ETH'),
                given.order('t3', 'USDT')
            ),
            given.window('wa_eth_sepolia_001', 3, 8)
        ) AS answer
        $$,
        $$
        VALUES
        ('created', '0x1c7d4b196cb0c7b01d743fbc6116a902379c7238', 3),
        ('created', NULL, 4),
        ('created', '0x1c7d4b196cb0c7b01d743fbc6116a902379c7238', 5)
        $$,
        'ETH and USDT of one account take turns on one cursor'
    );

-- Committed for good, whatever the session asked for

SET LOCAL ROLE pgtill_service;
SET LOCAL synchronous_commit = 'off';

SELECT count(*) FROM app.allocate_and_insert(orders => '[]', windows => '[]') \gset

SELECT is(current_setting('synchronous_commit'), 'on', 'a session that would not wait waits');

SET LOCAL synchronous_commit = 'remote_apply';

SELECT count(*) FROM app.allocate_and_insert(orders => '[]', windows => '[]') \gset

SELECT is(current_setting('synchronous_commit'), 'remote_apply', 'one that waits longer does');

RESET ROLE;

-- Races that are lost again and again: no session of its own could bring that about

RESET ROLE;
CREATE FUNCTION given.lose_race()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'another session was quicker' USING ERRCODE = tg_argv[0], CONSTRAINT = tg_argv[1];
END
$$;
CREATE TRIGGER lost BEFORE INSERT ON app.idempotency_records
FOR EACH ROW EXECUTE FUNCTION given.lose_race('23505', 'idempotency_records_pk');

SELECT
    throws_ok(
        $$
        SELECT * FROM given.allocate(
            jsonb_build_array(given.order('lost')),
            given.window(
                'wa_btc_regtest_001',
                (
                    SELECT account.next_index FROM app.wallet_accounts AS account
                    WHERE account.id = 'wa_btc_regtest_001'
                ),
                1
            )
        )
        $$,
        '40001',
        'an idempotency key was used meanwhile',
        'whoever loses as often as there are orders must call again'
    );
SELECT
    is_empty(
        $$
        SELECT record.resource_id FROM app.idempotency_records AS record
        WHERE record.idempotency_key = 'lost'
        $$,
        'and nothing was done'
    );

SELECT * FROM finish();
ROLLBACK;
