-- insert_allocations(): carries a plan out. What each outcome means is walked in
-- allocate_and_insert.sql.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('app.insert_allocations(jsonb, jsonb)'),
        'volatile invoker, private',
        'nobody but the owner calls it'
    );
SELECT
    is(
        pg_get_function_result('app.insert_allocations(jsonb, jsonb)'::regprocedure),
        pg_get_function_result('app.allocate_and_insert(jsonb, jsonb)'::regprocedure),
        'it answers what allocate_and_insert() answers'
    );

-- Given a shop

SELECT given.shop() AS shop \gset

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT answer.order_position,
        answer.outcome,
        answer.payment_request ->> 'asset',
        answer.next_index
        FROM app.insert_allocations(
            jsonb_build_array(
                given.order('a', 'USDT'),
                given.order('b', 'DOGE'),
                given.order('a', 'USDT'),
                given.order('c')
            ),
            given.window('wa_eth_sepolia_001', 0, 3)
        ) AS answer
        $$,
        $$
        VALUES
        (1, 'created', 'USDT', 1::bigint),
        (2, 'unsupported_asset', NULL, NULL),
        (3, 'replayed', 'USDT', 1),
        (4, 'window_missed', NULL, 0)
        $$,
        'one answer an order, in order'
    );
SELECT
    results_eq(
        $$
        SELECT
            request.wallet_account_id,
            request.status,
            request.chain_id,
            request.token_standard,
            request.token_contract,
            request.token_decimals,
            request.address_canonical,
            request.created_at = now()
        FROM app.payment_requests AS request
        $$,
        $$
        VALUES (
            'wa_eth_sepolia_001' COLLATE "C", 'pending', 11155111::bigint, 'ERC20',
            '0x1c7d4b196cb0c7b01d743fbc6116a902379c7238',
            6,
            given.address('ethereum', 0) COLLATE "C",
            TRUE
        )
        $$,
        'the payment request carries what the catalog said then'
    );
SELECT
    results_eq(
        $$
        SELECT record.scope_method,
        record.scope_path,
        record.hash_algorithm,
        record.response_payload
        FROM app.idempotency_records AS record
        $$,
        $$
        SELECT 'POST', '/v1/payment-requests', 'sha256', app.payment_request_payload(request)
        FROM app.payment_requests AS request
        $$,
        'the key is recorded with the first answer'
    );
SELECT
    is(
        account.next_index, 1::bigint, 'the cursor has moved by what was created'
    )
FROM app.wallet_accounts AS account
WHERE account.id = 'wa_eth_sepolia_001';

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
