-- payment_requests: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table app.payment_requests

SELECT plan(85);

SELECT given.shop() AS shop \gset

-- Every edit but that of the status meets refuse_payment_request_change(), see its test. The rules
-- hold
-- without it.

ALTER TABLE app.payment_requests DISABLE TRIGGER payment_requests_answer_never_changes;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', 'pr_' || repeat(nth::text, 24),
        'organization_id', :shop,
        'wallet_account_id', 'wa_btc_regtest_001',
        'chain', 'bitcoin',
        'network', 'regtest',
        'asset', 'BTC',
        'status', 'pending',
        'expected_amount_minor', 1000,
        'address_canonical', given.address('bitcoin', nth),
        'address_scheme', 'bip84_p2wpkh',
        'derivation_index', nth,
        'metadata', '{}'::jsonb,
        'expires_at', '2026-01-01T01:00:00Z',
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('payment_requests_pk', '{"id": "pr_111111111111111111111111"}'::jsonb),
('payment_requests_id_shape', '{"id": "pr_1"}'),
('payment_requests_id_shape', '{"id": "or_111111111111111111111111"}'),
('payment_requests_id_shape', '{"id": "pr_1111111111111111111111111"}'),
('payment_requests_id_shape', '{"id": "pr_AAAAAAAAAAAAAAAAAAAAAAAA"}'),
('payment_requests_organization_fk', '{"organization_id": -1}'),
('payment_requests_wallet_account_fk', '{"wallet_account_id": "wa_nowhere"}'),
('payment_requests_wallet_account_fk', '{"wallet_account_id": "wa_btc_testnet_001"}'),
('payment_requests_asset_length', '{"asset": ""}'),
('payment_requests_asset_length', jsonb_build_object('asset', repeat('T', 33))),
('payment_requests_status_known', '{"status": "paid"}'),
('payment_requests_status_known', '{"status": ""}'),
('payment_requests_expected_amount_range', '{"expected_amount_minor": -1}'),
('payment_requests_expected_amount_range', '{"expected_amount_minor": "NaN"}'),
('payment_requests_derivation_index_unique', '{"derivation_index": 1}'),
(
    'payment_requests_address_unique',
    jsonb_build_object('address_canonical', given.address('bitcoin', 1))
),
('payment_requests_derivation_index_range', '{"derivation_index": -1}'),
('payment_requests_derivation_index_range', '{"derivation_index": 2147483648}'),
('payment_requests_address_valid', '{"address_canonical": ""}'),
-- A good address with its last letter changed; one of testnet, of mainnet, of ethereum
(
    'payment_requests_address_valid',
    jsonb_build_object(
        'address_canonical',
        left(given.address('bitcoin', 9), -1)
        || CASE right(given.address('bitcoin', 9), 1) WHEN 'q' THEN 'p' ELSE 'q' END
    )
),
(
    'payment_requests_address_valid',
    '{"address_canonical": "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"}'
),
(
    'payment_requests_address_valid',
    '{"address_canonical": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}'
),
(
    'payment_requests_address_valid',
    '{"address_canonical": "0x1c7d4b196cb0c7b01d743fbc6116a902379c7238"}'
),
('payment_requests_address_valid', '{"address_scheme": "evm_bip44"}'),
('payment_requests_address_valid', '{"address_scheme": "p2pkh"}'),
-- Good in itself, but not on this chain
(
    'payment_requests_address_valid',
    '{
        "address_scheme": "evm_bip44",
        "address_canonical": "0x1c7d4b196cb0c7b01d743fbc6116a902379c7238"
    }'
),
(
    'payment_requests_address_canonical',
    jsonb_build_object('address_canonical', upper(given.address('bitcoin', 9)))
),
('payment_requests_chain_id_required', '{"chain_id": 1}'),
('payment_requests_token_all_or_none', '{"token_standard": "ERC20"}'),
('payment_requests_token_all_or_none', '{"token_standard": "ERC20", "token_decimals": 6}'),
('payment_requests_metadata_object', '{"metadata": []}'),
('payment_requests_metadata_object', '{"metadata": "text"}'),
(
    'payment_requests_metadata_size',
    jsonb_build_object('metadata', jsonb_build_object('a', repeat('x', 32768)))
),
('payment_requests_expires_range', '{"expires_at": "2026-01-01T00:00:59.999999Z"}'),
('payment_requests_expires_range', '{"expires_at": "2026-01-31T00:00:00.000001Z"}');

\ir ../../support/refusals.psql

SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        format(
            'UPDATE app.payment_requests SET %s WHERE id = ''pr_111111111111111111111111''',
            allowed.assignment
        ),
        allowed.description
    )
FROM (
    VALUES
    ('expires_at = ''2026-01-01T00:01:00Z''', 'an expiry of 60 seconds passes'),
    ('expires_at = ''2026-01-31T00:00:00Z''', 'an expiry of 2,592,000 seconds passes'),
    ('derivation_index = 0', 'index 0 passes'),
    ('derivation_index = 2147483647', 'index 2^31 - 1 passes'),
    ('expected_amount_minor = NULL', 'an open amount passes'),
    ('expected_amount_minor = 1e78 - 1', 'an amount of 10^78 - 1 passes')
) AS allowed (assignment, description);
SELECT
    throws_ok(
        'UPDATE app.payment_requests SET expected_amount_minor = 1e78',
        '22003', 'numeric field overflow', 'an amount of 10^78 does not'
    );

-- The same on ethereum

SELECT
    lives_ok(
        $$
        INSERT INTO app.payment_requests (
            id, organization_id, wallet_account_id, chain, network, asset, address_canonical,
            address_scheme, derivation_index, chain_id, expires_at
        )
        SELECT
            'pr_444444444444444444444444',
            request.organization_id,
            'wa_eth_sepolia_001',
            'ethereum',
            'sepolia',
            'ETH',
            given.address('ethereum', 0),
            'evm_bip44',
            0,
            11155111,
            now() + interval '1 hour'
        FROM app.payment_requests AS request
        WHERE request.id = 'pr_111111111111111111111111'
        $$,
        'index 0 of another account is another index'
    );
SELECT
    throws_ok(
        format('UPDATE app.payment_requests SET %s WHERE chain = ''ethereum''', refused.assignment),
        '23514',
        format(
            'new row for relation "payment_requests" violates check constraint "%s"',
            refused.rule
        ),
        format('ethereum: %s is refused', refused.assignment)
    )
FROM (
    VALUES
    ('chain_id = NULL', 'payment_requests_chain_id_required'),
    ('address_canonical = given.address(''bitcoin'', 5)', 'payment_requests_address_valid'),
    ('address_canonical = left(address_canonical, 41)', 'payment_requests_address_valid'),
    (
        'address_canonical = ''0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed''',
        'payment_requests_address_canonical'
    )
) AS refused (assignment, rule);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
