-- asset_catalog: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table app.asset_catalog

SELECT plan(69);

SELECT
    results_eq(
        $$
        SELECT
            catalog.chain,
            catalog.network,
            catalog.asset,
            catalog.wallet_account_id,
            catalog.minor_unit,
            catalog.decimals, catalog.chain_id, catalog.token_contract
        FROM app.asset_catalog AS catalog
        WHERE
            catalog.enabled
            AND catalog.default_expires_in_seconds = 3600
            AND catalog.approved_by = 'system'
        ORDER BY catalog.chain, catalog.network, catalog.asset
        $$,
        $$
        VALUES
        ('bitcoin', 'regtest', 'BTC', 'wa_btc_regtest_001' COLLATE "C", 'sats', 8, NULL::bigint, NULL),
        ('bitcoin', 'testnet', 'BTC', 'wa_btc_testnet_001', 'sats', 8, NULL, NULL),
        ('ethereum', 'sepolia', 'ETH', 'wa_eth_sepolia_001', 'wei', 18, 11155111, NULL),
        (
            'ethereum', 'sepolia', 'USDT', 'wa_eth_sepolia_001', 'token_minor', 6, 11155111,
            '0x1c7d4b196cb0c7b01d743fbc6116a902379c7238'
        )
        $$,
        'the assets of this release'
    );

INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, is_active)
VALUES ('wa_past', 'ethereum', 'sepolia', 'ks_past', FALSE);

-- Three tokens, so that every rule has something to bite on

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'chain', 'ethereum',
        'network', 'sepolia',
        'asset', 'TOKEN' || nth,
        'wallet_account_id', 'wa_eth_sepolia_001',
        'minor_unit', 'token_minor',
        'decimals', 6,
        'address_scheme', 'evm_bip44',
        'chain_id', 11155111,
        'token_standard', 'ERC20',
        'token_contract', given.address('ethereum', nth),
        'token_decimals', 6,
        'default_expires_in_seconds', 3600,
        'enabled', TRUE,
        'source_ref', 'test',
        'approved_by', 'test'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('asset_catalog_pk', '{"asset": "TOKEN1"}'::jsonb),
('asset_catalog_asset_shape', '{"asset": "token"}'),
('asset_catalog_asset_shape', '{"asset": ""}'),
('asset_catalog_asset_shape', jsonb_build_object('asset', repeat('T', 33))),
('asset_catalog_wallet_account_network_fk', '{"wallet_account_id": "wa_btc_regtest_001"}'),
('asset_catalog_wallet_account_network_fk', '{"wallet_account_id": "wa_nowhere"}'),
('asset_catalog_enabled_account_active_fk', '{"wallet_account_id": "wa_past"}'),
('asset_catalog_minor_unit_shape', '{"minor_unit": ""}'),
('asset_catalog_minor_unit_shape', '{"minor_unit": "Token"}'),
('asset_catalog_decimals_range', '{"decimals": -1, "token_decimals": -1}'),
('asset_catalog_decimals_range', '{"decimals": 78, "token_decimals": 78}'),
('asset_catalog_address_scheme_fk', '{"address_scheme": "bip84_p2wpkh"}'),
('asset_catalog_address_scheme_fk', '{"address_scheme": "p2pkh"}'),
('asset_catalog_chain_id_required', '{"chain_id": null}'),
('asset_catalog_chain_id_fk', '{"chain_id": 1}'),
('asset_catalog_token_all_or_none', '{"token_standard": null}'),
('asset_catalog_token_all_or_none', '{"token_contract": null}'),
('asset_catalog_token_all_or_none', '{"token_decimals": null}'),
('asset_catalog_token_all_or_none', '{"token_standard": null, "token_contract": null}'),
('asset_catalog_token_standard_known', '{"token_standard": "ERC721"}'),
(
    'asset_catalog_token_contract_canonical',
    '{"token_contract": "0x1C7D4B196Cb0C7B01d743Fbc6116a902379C7238"}'
),
('asset_catalog_token_contract_canonical', '{"token_contract": "0x1c7d"}'),
('asset_catalog_token_decimals_agree', '{"token_decimals": 18}'),
('asset_catalog_token_decimals_agree', '{"decimals": 18}'),
('asset_catalog_default_expires_range', '{"default_expires_in_seconds": 59}'),
('asset_catalog_default_expires_range', '{"default_expires_in_seconds": 2592001}'),
('asset_catalog_source_ref_not_blank', '{"source_ref": " "}'),
('asset_catalog_approved_by_not_blank', '{"approved_by": ""}');

\ir ../../support/refusals.psql

SET LOCAL ROLE pgtill_owner;

SELECT
    lives_ok(
        format(
            'UPDATE app.asset_catalog SET default_expires_in_seconds = %s WHERE asset = ''TOKEN1''',
            allowed.seconds
        ),
        format('an expiry of %s seconds passes', allowed.seconds)
    )
FROM (VALUES (60), (2592000)) AS allowed (seconds);
SELECT
    throws_ok(
        'UPDATE app.asset_catalog SET chain_id = 1 WHERE chain = ''bitcoin'' AND network ='
        ' ''regtest''',
        '23514',
        'new row for relation "asset_catalog" violates check constraint'
        ' "asset_catalog_chain_id_required"',
        'bitcoin has no chain id'
    );
SELECT
    throws_ok(
        format(
            $$
            UPDATE app.asset_catalog
            SET token_standard = 'ERC20',
            token_contract = given.address('ethereum', 1),
            token_decimals = 8
            WHERE chain = 'bitcoin' AND network = %L
            $$,
            'regtest'
        ),
        '23514',
        'new row for relation "asset_catalog" violates check constraint'
        ' "asset_catalog_token_standard_known"',
        'bitcoin has no ERC-20 tokens'
    );

-- Disabled rows may stand on any account of their network, but not be enabled there

SELECT
    lives_ok(
        'UPDATE app.asset_catalog SET enabled = FALSE, wallet_account_id = ''wa_past'' WHERE asset'
        ' = ''TOKEN1''',
        'a disabled asset may stand on an account that is not active'
    );
SELECT
    throws_ok(
        'UPDATE app.asset_catalog SET enabled = TRUE WHERE asset = ''TOKEN1''',
        '23503',
        'insert or update on table "asset_catalog" violates foreign key constraint'
        ' "asset_catalog_enabled_account_active_fk"',
        'and not be enabled there'
    );
SELECT
    throws_ok(
        'UPDATE app.asset_catalog SET needs_active = NULL WHERE asset = ''TOKEN2''',
        '428C9',
        'column "needs_active" can only be updated to DEFAULT',
        'nobody talks the rule away'
    );

-- Deferred until a rotation is complete, and no longer

SELECT
    lives_ok(
        $$
        SET CONSTRAINTS app.asset_catalog_enabled_account_active_fk DEFERRED;
        UPDATE app.wallet_accounts SET is_active = FALSE WHERE id = 'wa_btc_testnet_001'
        $$,
        'within a transaction that defers it an account may be off for a while'
    );
SELECT
    throws_ok(
        'SET CONSTRAINTS app.asset_catalog_enabled_account_active_fk IMMEDIATE',
        '23503',
        'update or delete on table "wallet_accounts" violates foreign key constraint'
        ' "asset_catalog_enabled_account_active_fk" on table "asset_catalog"',
        'but not at its end'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
