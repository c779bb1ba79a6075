-- catalog_violations(): everything that must keep the port shut, each rule broken in turn.
\ir ../../support/begin.psql

SELECT plan(28);

-- Shape

SELECT
    is(
        given.shape('app.catalog_violations(jsonb, jsonb, boolean)'),
        'stable definer, pgtill_operator pgtill_service',
        'the service and operators call it'
    );
SELECT
    is(
        pg_get_function_result('app.catalog_violations(jsonb, jsonb, boolean)'::regprocedure),
        'TABLE(rule text, subject text, remedy text)',
        'it answers rule, asset and what to do'
    );

-- Given bound accounts, and a configuration that fits

SELECT given.shop() AS shop \gset

SELECT
    jsonb_build_array(
        jsonb_build_object(
            'chain', 'bitcoin', 'network', 'regtest', 'keyset_id', 'ks_btc_regtest',
            'parent_key_digest', given.digest('btc regtest')
        ),
        jsonb_build_object(
            'chain', 'bitcoin', 'network', 'testnet', 'keyset_id', 'ks_btc_testnet',
            'parent_key_digest', given.digest('btc testnet')
        ),
        jsonb_build_object(
            'chain', 'ethereum', 'network', 'sepolia', 'keyset_id', 'ks_eth_sepolia',
            'parent_key_digest', given.digest('eth sepolia')
        )
    ) AS keysets,
    '{"bitcoin": ["bip84_p2wpkh"], "ethereum": ["evm_bip44"]}' AS schemes
\gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    is_empty(
        format(
            'SELECT broken.* FROM app.catalog_violations(%L, %L, FALSE) AS broken',
            :'keysets',
            :'schemes'
        ),
        'rows and configuration that fit: no violation'
    );

-- Configuration that does not fit the rows

SELECT
    results_eq(
        format(
            'SELECT broken.* FROM app.catalog_violations(%L, %L, FALSE) AS broken',
            asked.keysets, asked.schemes
        ),
        asked.expected,
        asked.description
    )
FROM (
    VALUES
    (
        :'keysets'::jsonb - 2,
        :'schemes',
        $$
        VALUES
        ('keyset_configured', 'ethereum/sepolia/ETH', 'configure keyset ks_eth_sepolia, or disable the asset'),
        ('keyset_configured', 'ethereum/sepolia/USDT', 'configure keyset ks_eth_sepolia, or disable the asset')
        $$,
        'a keyset that is not configured: every asset of it is named'
    ),
    (
        jsonb_set(:'keysets', '{0,keyset_id}', '"another"'),
        :'schemes',
        $$
        VALUES
        ('keyset_configured', 'bitcoin/regtest/BTC', 'configure keyset ks_btc_regtest, or disable the asset')
        $$,
        'a keyset of another name'
    ),
    (
        jsonb_set(:'keysets', '{1,parent_key_digest}', to_jsonb(given.digest('another key'))),
        :'schemes',
        $$
        VALUES (
            'key_is_bound', 'bitcoin/testnet/BTC',
            'wa_btc_testnet_001 is bound to another key than configured: rotate the keyset'
        )
        $$,
        'another key than the account is bound to'
    ),
    (
        :'keysets',
        '{"bitcoin": ["bip84_p2wpkh"], "ethereum": []}',
        $$
        VALUES
        (
            'address_scheme_allowed', 'ethereum/sepolia/ETH',
            'allow evm_bip44 for ethereum in the allow-list, or disable the asset'
        ),
        (
            'address_scheme_allowed', 'ethereum/sepolia/USDT',
            'allow evm_bip44 for ethereum in the allow-list, or disable the asset'
        )
        $$,
        'a scheme that is not on the allow-list'
    ),
    (
        :'keysets'::jsonb - 0,
        '{"ethereum": ["evm_bip44"]}',
        $$
        VALUES
        (
            'address_scheme_allowed', 'bitcoin/regtest/BTC',
            'allow bip84_p2wpkh for bitcoin in the allow-list, or disable the asset'
        ),
        ('keyset_configured', 'bitcoin/regtest/BTC', 'configure keyset ks_btc_regtest, or disable the asset'),
        (
            'address_scheme_allowed', 'bitcoin/testnet/BTC',
            'allow bip84_p2wpkh for bitcoin in the allow-list, or disable the asset'
        )
        $$,
        'all violations at once, by asset'
    )
) AS asked (keysets, schemes, expected, description);
SELECT
    is(
        count(*), 8::bigint, 'no configuration at all: two violations an asset'
    )
FROM app.catalog_violations(NULL, NULL, NULL);

RESET ROLE;

-- Rows that constraints refuse: broken here by a superuser who drops them, and taken back each time

CREATE FUNCTION pg_temp.rules_broken_by(
    statement text, allow_mainnet boolean, keysets jsonb, schemes jsonb
)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _rule record;
    _found text;
BEGIN
    BEGIN
        FOR _rule IN
            SELECT con.conrelid::regclass AS table_name, con.conname
            FROM pg_constraint AS con
            WHERE con.conrelid IN ('app.asset_catalog'::regclass, 'app.wallet_accounts'::regclass)
                AND con.contype IN ('c', 'f')
        LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', _rule.table_name, _rule.conname);
        END LOOP;
        ALTER TABLE app.wallet_accounts DISABLE TRIGGER wallet_accounts_cursor_never_goes_back;
        EXECUTE statement;
        SELECT string_agg(format('%s %s', broken.subject, broken.rule), ', ')
        INTO _found
        FROM app.catalog_violations(keysets, schemes, allow_mainnet) AS broken;
        RAISE EXCEPTION 'take it back' USING ERRCODE = 'T0000';
    EXCEPTION WHEN SQLSTATE 'T0000' THEN
        RETURN _found;
    END;
END
$function$;

SELECT
    is(
        pg_temp.rules_broken_by(attempt.statement, attempt.allow_mainnet, :'keysets', :'schemes'),
        attempt.found,
        attempt.description
    )
FROM (
    VALUES
    (
        $$ UPDATE app.asset_catalog SET wallet_account_id = 'wa_gone' WHERE network = 'testnet' $$,
        FALSE,
        'bitcoin/testnet/BTC account_active, bitcoin/testnet/BTC account_exists,'
        ' bitcoin/testnet/BTC account_of_network, bitcoin/testnet/BTC cursor_range,'
        ' bitcoin/testnet/BTC keyset_configured, bitcoin/testnet/BTC path_template',
        'account_exists, and all that hangs on it'
    ),
    (
        $$ UPDATE app.wallet_accounts SET is_active = FALSE WHERE network = 'testnet' $$,
        FALSE, 'bitcoin/testnet/BTC account_active', 'account_active'
    ),
    (
        $$
        UPDATE app.wallet_accounts SET network = 'regtest', keyset_id = 'ks_btc_testnet'
        WHERE id = 'wa_btc_testnet_001'
        $$,
        FALSE, 'bitcoin/testnet/BTC account_of_network', 'account_of_network'
    ),
    (
        $$ UPDATE app.networks SET is_allowed = FALSE WHERE network = 'sepolia' $$,
        FALSE,
        'ethereum/sepolia/ETH network_allowed, ethereum/sepolia/USDT network_allowed',
        'network_allowed'
    ),
    (
        $$ UPDATE app.networks SET is_mainnet = TRUE WHERE network = 'testnet' $$,
        FALSE, 'bitcoin/testnet/BTC mainnet_override', 'mainnet_override'
    ),
    (
        $$ UPDATE app.networks SET is_mainnet = TRUE WHERE network = 'testnet' $$,
        NULL, 'bitcoin/testnet/BTC mainnet_override', 'mainnet_override, when nobody says'
    ),
    (
        $$ UPDATE app.networks SET is_mainnet = TRUE WHERE network = 'testnet' $$,
        TRUE, NULL, 'a mainnet is served while the override is on'
    ),
    (
        $$
        UPDATE app.asset_catalog
        SET default_expires_in_seconds = 59
        WHERE network = 'testnet'
        $$,
        FALSE, 'bitcoin/testnet/BTC expiry_range', 'expiry_range, below'
    ),
    (
        $$
        UPDATE app.asset_catalog
        SET default_expires_in_seconds = 2592001
        WHERE network = 'testnet'
        $$,
        FALSE, 'bitcoin/testnet/BTC expiry_range', 'expiry_range, above'
    ),
    (
        $$
        ALTER TABLE app.asset_catalog ALTER COLUMN default_expires_in_seconds DROP NOT NULL;
        UPDATE app.asset_catalog SET default_expires_in_seconds = NULL WHERE network = 'testnet'
        $$,
        FALSE, 'bitcoin/testnet/BTC expiry_range', 'expiry_range, none'
    ),
    (
        $$ UPDATE app.asset_catalog SET chain_id = NULL WHERE asset = 'ETH' $$,
        FALSE, 'ethereum/sepolia/ETH chain_id', 'chain_id, none'
    ),
    (
        $$ UPDATE app.asset_catalog SET chain_id = 1 WHERE asset = 'USDT' $$,
        FALSE, 'ethereum/sepolia/USDT chain_id', 'chain_id, another network''s'
    ),
    (
        $$ UPDATE app.asset_catalog SET chain_id = 1 WHERE network = 'testnet' $$,
        FALSE, 'bitcoin/testnet/BTC chain_id', 'chain_id, where there is none'
    ),
    (
        $$ UPDATE app.asset_catalog SET token_contract = NULL WHERE asset = 'USDT' $$,
        FALSE, 'ethereum/sepolia/USDT token_all_or_none', 'token_all_or_none'
    ),
    (
        $$ UPDATE app.wallet_accounts SET next_index = -1 WHERE network = 'testnet' $$,
        FALSE, 'bitcoin/testnet/BTC cursor_range', 'cursor_range, below'
    ),
    (
        $$ UPDATE app.wallet_accounts SET next_index = 2147483649 WHERE network = 'testnet' $$,
        FALSE, 'bitcoin/testnet/BTC cursor_range', 'cursor_range, above'
    ),
    (
        $$
        UPDATE app.wallet_accounts
        SET derivation_path_template = '1/{index}'
        WHERE network = 'testnet'
        $$,
        FALSE, 'bitcoin/testnet/BTC path_template', 'path_template'
    ),
    (
        $$ UPDATE app.wallet_accounts SET parent_key_digest = NULL WHERE network = 'testnet' $$,
        FALSE, 'bitcoin/testnet/BTC key_is_bound', 'key_is_bound, to none'
    ),
    (
        $$
        UPDATE app.asset_catalog
        SET wallet_account_id = 'wa_gone',
        default_expires_in_seconds = 1,
        chain_id = 1,
        enabled = FALSE
        $$,
        FALSE, NULL, 'disabled rows may be as they like'
    )
) AS attempt (statement, allow_mainnet, found, description);

SELECT * FROM finish();
ROLLBACK;
