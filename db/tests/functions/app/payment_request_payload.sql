-- payment_request_payload(): a payment request as the API shows it.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('app.payment_request_payload(app.payment_requests)'),
        'stable invoker, pgtill_auditor pgtill_operator',
        'who may read app.anomalies calls it: a view checks functions against its reader'
    );

-- Given a shop, a session in a time zone of its own, and a payment request with and one without
-- options

SELECT given.shop() AS shop \gset

SET LOCAL timezone = 'Asia/Kathmandu';

INSERT INTO app.payment_requests (
    id, organization_id, wallet_account_id, chain, network, asset, expected_amount_minor,
    address_canonical, address_scheme, derivation_index, chain_id,
    token_standard, token_contract, token_decimals, metadata, expires_at, created_at
)
VALUES
(
    'pr_aaaaaaaaaaaaaaaaaaaaaaaa', :shop, 'wa_eth_sepolia_001', 'ethereum', 'sepolia', 'USDT', 1e77,
    given.address('ethereum', 0), 'evm_bip44', 0, 11155111,
    'ERC20', '0x1c7d4b196cb0c7b01d743fbc6116a902379c7238', 6, '{"secret": "of the merchant"}',
    '2026-02-28 23:59:59.000001Z', '2026-02-28 22:00Z'
),
(
    'pr_bbbbbbbbbbbbbbbbbbbbbbbb', :shop, 'wa_btc_regtest_001', 'bitcoin', 'regtest', 'BTC', NULL,
    given.address('bitcoin', 0), 'bip84_p2wpkh', 0, NULL,
    NULL, NULL, NULL, '{}',
    '2026-02-28 23:59:59.5Z', '2026-02-28 22:00Z'
);

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        app.payment_request_payload(request),
        jsonb_build_object(
            'id', request.id,
            'status', 'pending',
            'chain', 'ethereum',
            'network', 'sepolia',
            'asset', 'USDT',
            'expected_amount_minor', '1' || repeat('0', 77),
            'expires_at', '2026-02-28T23:59:59.000001Z',
            'created_at', '2026-02-28T22:00:00.000000Z',
            'payment_instructions', jsonb_build_object(
                'address', given.address('ethereum', 0),
                'address_scheme', 'evm_bip44',
                'derivation_index', 0,
                'chain_id', 11155111,
                'token_standard', 'ERC20',
                'token_contract', '0x1c7d4b196cb0c7b01d743fbc6116a902379c7238',
                'token_decimals', 6
            )
        ),
        'everything of a token; times in UTC to the microsecond; neither metadata nor account'
    )
FROM app.payment_requests AS request
WHERE request.id = 'pr_aaaaaaaaaaaaaaaaaaaaaaaa';
SELECT
    is(
        app.payment_request_payload(request),
        jsonb_build_object(
            'id', request.id,
            'status', 'pending',
            'chain', 'bitcoin',
            'network', 'regtest',
            'asset', 'BTC',
            'expires_at', '2026-02-28T23:59:59.500000Z',
            'created_at', '2026-02-28T22:00:00.000000Z',
            'payment_instructions', jsonb_build_object(
                'address', given.address('bitcoin', 0),
                'address_scheme', 'bip84_p2wpkh',
                'derivation_index', 0
            )
        ),
        'what is not there is left out'
    )
FROM app.payment_requests AS request
WHERE request.id = 'pr_bbbbbbbbbbbbbbbbbbbbbbbb';

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
