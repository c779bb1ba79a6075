-- activate_wallet_account(): switches a keyset and its assets to one account.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT
    is(
        given.shape('app.activate_wallet_account(text, text, text, text, text, text)'),
        'volatile invoker, private',
        'nobody but the owner calls it'
    );
SELECT
    is(
        pg_get_function_result(
            'app.activate_wallet_account(text, text, text, text, text, text)'::regprocedure
        ),
        'bigint',
        'it answers how many assets were bound'
    );

-- Given bound reference accounts, and a short form of the call

SELECT given.shop() AS shop \gset

CREATE FUNCTION pg_temp.activate(id text, place text, keyset_id text, key text)
RETURNS bigint
LANGUAGE sql
RETURN app.activate_wallet_account(
    id, split_part(place, '/', 1), split_part(place, '/', 2), keyset_id,
    given.digest(key), given.digest('secret' || key)
);

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        pg_temp.activate('wa_new', 'ethereum/sepolia', 'ks_eth_sepolia', 'key n'),
        2::bigint,
        'a new account: made, and both assets of the keyset bound'
    );
SELECT
    results_eq(
        $$
        SELECT
            account.id, account.is_active, account.next_index, account.parent_key_digest,
            account.key_material_hash, account.key_material_hash_algo,
            (SELECT count(*) FROM app.asset_catalog AS catalog WHERE catalog.wallet_account_id = account.id)
        FROM app.wallet_accounts AS account
        WHERE account.chain = 'ethereum'
        ORDER BY account.id
        $$,
        $$
        VALUES
        (
            'wa_eth_sepolia_001' COLLATE "C", FALSE, 0::bigint, given.digest('eth sepolia'),
            NULL, NULL, 0::bigint
        ),
        ('wa_new', TRUE, 0, given.digest('key n'), given.digest('secret' || 'key n'), 'hmac-sha256', 2)
        $$,
        'the other one is off'
    );

UPDATE app.wallet_accounts AS account
SET next_index = 7
WHERE account.id = 'wa_eth_sepolia_001';

SELECT
    is(
        pg_temp.activate('wa_eth_sepolia_001', 'ethereum/sepolia', 'ks_eth_sepolia', 'eth sepolia'),
        2::bigint,
        'back to the old one'
    );
SELECT
    results_eq(
        $$
        SELECT account.id, account.is_active, account.next_index, account.key_material_hash
        FROM app.wallet_accounts AS account
        WHERE account.chain = 'ethereum'
        ORDER BY account.id
        $$,
        $$
        VALUES
        ('wa_eth_sepolia_001' COLLATE "C", TRUE, 7::bigint, given.digest('secret' || 'eth sepolia')),
        ('wa_new', FALSE, 0, given.digest('secret' || 'key n'))
        $$,
        'its cursor is kept, its hash is the given one'
    );
SELECT
    is(
        pg_temp.activate('wa_lonely', 'bitcoin/regtest', 'ks_lonely', 'key y'),
        0::bigint,
        'a keyset that no asset stands on: nothing bound'
    );
SELECT
    results_eq(
        $$
        SELECT account.id
        FROM app.wallet_accounts AS account
        WHERE account.is_active
        ORDER BY account.id
        $$,
        $$
        VALUES
        ('wa_btc_regtest_001' COLLATE "C"), ('wa_btc_testnet_001'), ('wa_eth_sepolia_001'), ('wa_lonely')
        $$,
        'accounts of other keysets stay as they were'
    );

-- Keysets may bear one name in several networks

RESET ROLE;
UPDATE app.wallet_accounts AS account
SET keyset_id = 'ks_btc_regtest'
WHERE account.id = 'wa_btc_testnet_001';
UPDATE app.networks AS place
SET is_allowed = TRUE
WHERE place.is_mainnet;
INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, parent_key_digest)
VALUES
('wa_btc_main', 'bitcoin', 'mainnet', 'ks_main', given.digest('key bm')),
('wa_eth_main', 'ethereum', 'mainnet', 'ks_main', given.digest('key em'));
UPDATE app.wallet_accounts AS account
SET updated_at = '2026-01-01Z'
WHERE account.id = 'wa_lonely';
SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        pg_temp.activate('wa_again', 'bitcoin/regtest', 'ks_btc_regtest', 'key g'),
        1::bigint,
        'only the assets of its own network are bound'
    );
SELECT
    is(
        pg_temp.activate('wa_btc_main_2', 'bitcoin/mainnet', 'ks_main', 'key m'),
        0::bigint,
        'and of its own chain'
    );
SELECT
    is(
        pg_temp.activate('wa_lonely_2', 'bitcoin/regtest', 'ks_lonely', 'key z')
        + pg_temp.activate('wa_lonely_3', 'bitcoin/regtest', 'ks_lonely', 'key w'),
        0::bigint,
        'one after the other'
    );
SELECT
    results_eq(
        $$
        SELECT account.id, account.is_active
        FROM app.wallet_accounts AS account
        WHERE account.keyset_id IN ('ks_main', 'ks_btc_regtest', 'ks_lonely')
        ORDER BY account.id
        $$,
        $$
        VALUES
        ('wa_again' COLLATE "C", TRUE), ('wa_btc_main', FALSE), ('wa_btc_main_2', TRUE),
        ('wa_btc_regtest_001', FALSE), ('wa_btc_testnet_001', TRUE), ('wa_eth_main', TRUE),
        ('wa_lonely', FALSE), ('wa_lonely_2', FALSE), ('wa_lonely_3', TRUE)
        $$,
        'accounts of other networks and chains stay on'
    );

-- Refusals

SELECT
    throws_ok(
        $$
        SELECT pg_temp.activate('wa_eth_sepolia_001', 'bitcoin/regtest', 'ks_btc_regtest', 'eth sepolia')
        $$,
        '23503',
        'insert or update on table "asset_catalog" violates foreign key constraint'
        ' "asset_catalog_wallet_account_network_fk"',
        'an account of another network is refused'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
