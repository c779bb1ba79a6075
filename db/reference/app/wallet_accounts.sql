-- Deploy pgtill:reference/app/wallet_accounts to pg
-- requires: functions/app/refuse_cursor_rewind
-- requires: reference/app/networks

BEGIN;

SET LOCAL ROLE pgtill_owner;

INSERT INTO app.wallet_accounts (id, chain, network, keyset_id)
VALUES
('wa_btc_regtest_001', 'bitcoin', 'regtest', 'ks_btc_regtest'),
('wa_btc_testnet_001', 'bitcoin', 'testnet', 'ks_btc_testnet'),
('wa_eth_sepolia_001', 'ethereum', 'sepolia', 'ks_eth_sepolia')
ON CONFLICT ON CONSTRAINT wallet_accounts_pk DO NOTHING;

COMMIT;
