-- list_assets(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('app.list_assets()'),
        'stable definer, pgtill_operator pgtill_service',
        'the service and operators call it'
    );

-- Given a bound account and a disabled asset

SELECT given.shop() AS shop \gset

UPDATE app.asset_catalog AS catalog
SET enabled = FALSE
WHERE catalog.asset = 'USDT';

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            listed.chain, listed.network, listed.asset, listed.minor_unit, listed.decimals,
            listed.address_scheme, listed.chain_id, listed.token_standard, listed.token_contract,
            listed.token_decimals,
            listed.default_expires_in_seconds,
            listed.enabled,
            listed.is_mainnet,
            listed.wallet_account_id, listed.keyset_id, listed.derivation_path_template,
            listed.parent_key_digest, listed.next_index
        FROM app.list_assets() AS listed
        $$,
        $$
        VALUES
        (
            'bitcoin', 'regtest', 'BTC', 'sats', 8,
            'bip84_p2wpkh', NULL::bigint, NULL, NULL,
            NULL::integer, 3600::bigint, TRUE, FALSE,
            'wa_btc_regtest_001', 'ks_btc_regtest', '0/{index}',
            given.digest('btc regtest'), 0::bigint
        ),
        (
            'bitcoin', 'testnet', 'BTC', 'sats', 8,
            'bip84_p2wpkh', NULL, NULL, NULL,
            NULL, 3600, TRUE, FALSE,
            'wa_btc_testnet_001', 'ks_btc_testnet', '0/{index}',
            given.digest('btc testnet'), 0
        ),
        (
            'ethereum', 'sepolia', 'ETH', 'wei', 18,
            'evm_bip44', 11155111, NULL, NULL,
            NULL, 3600, TRUE, FALSE,
            'wa_eth_sepolia_001', 'ks_eth_sepolia', '0/{index}',
            given.digest('eth sepolia'), 0
        ),
        (
            'ethereum', 'sepolia', 'USDT', 'token_minor', 6,
            'evm_bip44', 11155111, 'ERC20', '0x1c7d4b196cb0c7b01d743fbc6116a902379c7238',
            6, 3600, FALSE, FALSE,
            'wa_eth_sepolia_001', 'ks_eth_sepolia', '0/{index}',
            given.digest('eth sepolia'), 0
        )
        $$,
        'the reference rows, disabled ones too, in order'
    );

-- Refusals

SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        'SELECT app.list_assets()',
        '42501', 'permission denied for function list_assets', 'auditors read views only'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
