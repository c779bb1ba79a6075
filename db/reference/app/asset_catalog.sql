-- Deploy pgtill:reference/app/asset_catalog to pg
-- requires: functions/app/notify_catalog_changed
-- requires: reference/app/wallet_accounts
-- requires: reference/app/address_schemes

BEGIN;

SET LOCAL ROLE pgtill_owner;

INSERT INTO app.asset_catalog (
    chain, network, asset, wallet_account_id, minor_unit, decimals, address_scheme,
    chain_id, token_standard, token_contract, token_decimals, source_ref, approved_by
)
VALUES
(
    'bitcoin', 'regtest', 'BTC', 'wa_btc_regtest_001', 'sats', 8, 'bip84_p2wpkh',
    NULL, NULL, NULL, NULL, 'spec:2026-02-10-wallet-allocation-asset-catalog', 'system'
),
(
    'bitcoin', 'testnet', 'BTC', 'wa_btc_testnet_001', 'sats', 8, 'bip84_p2wpkh',
    NULL, NULL, NULL, NULL, 'spec:2026-02-10-wallet-allocation-asset-catalog', 'system'
),
(
    'ethereum', 'sepolia', 'ETH', 'wa_eth_sepolia_001', 'wei', 18, 'evm_bip44',
    11155111, NULL, NULL, NULL, 'spec:2026-02-10-wallet-allocation-asset-catalog', 'system'
),
-- A placeholder: no USDT exists on sepolia, and this contract is a test token of another issuer.
(
    'ethereum', 'sepolia', 'USDT', 'wa_eth_sepolia_001', 'token_minor', 6, 'evm_bip44',
    11155111, 'ERC20', '0x1c7d4b196cb0c7b01d743fbc6116a902379c7238', 6,
    'spec:2026-02-10-wallet-allocation-asset-catalog', 'system'
)
ON CONFLICT ON CONSTRAINT asset_catalog_pk DO NOTHING;

COMMIT;
