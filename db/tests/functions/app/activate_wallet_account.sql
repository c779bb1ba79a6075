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

-- Given bound reference accounts

SELECT given.shop() AS shop \gset

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        app.activate_wallet_account(
            'wa_new',
            'ethereum',
            'sepolia',
            'ks_eth_sepolia',
            given.digest('key n'),
            given.digest('n')
        ),
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
        ('wa_new', TRUE, 0, given.digest('key n'), given.digest('n'), 'hmac-sha256', 2)
        $$,
        'the other one is off'
    );

UPDATE app.wallet_accounts AS account
SET next_index = 7
WHERE account.id = 'wa_eth_sepolia_001';

SELECT
    is(
        app.activate_wallet_account(
            'wa_eth_sepolia_001', 'ethereum', 'sepolia', 'ks_eth_sepolia',
            given.digest('eth sepolia'), given.digest('e')
        ),
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
        ('wa_eth_sepolia_001' COLLATE "C", TRUE, 7::bigint, given.digest('e')),
        ('wa_new', FALSE, 0, given.digest('n'))
        $$,
        'its cursor is kept, its hash is the given one'
    );
SELECT
    is(
        app.activate_wallet_account(
            'wa_lonely', 'bitcoin', 'regtest', 'ks_lonely',
            given.digest('key y'), given.digest('y')
        ),
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
        app.activate_wallet_account(
            'wa_again', 'bitcoin', 'regtest', 'ks_btc_regtest',
            given.digest('key g'), given.digest('g')
        ),
        1::bigint,
        'only the assets of its own network are bound'
    );
SELECT
    is(
        app.activate_wallet_account(
            'wa_btc_main_2', 'bitcoin', 'mainnet', 'ks_main',
            given.digest('key m'), given.digest('m')
        ),
        0::bigint,
        'and of its own chain'
    );
SELECT
    is(
        app.activate_wallet_account(
            'wa_lonely_2', 'bitcoin', 'regtest', 'ks_lonely',
            given.digest('key z'), given.digest('z')
        )
        + app.activate_wallet_account(
            'wa_lonely_3', 'bitcoin', 'regtest', 'ks_lonely',
            given.digest('key w'), given.digest('w')
        ),
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
        SELECT app.activate_wallet_account(
            'wa_eth_sepolia_001',
            'bitcoin',
            'regtest',
            'ks_btc_regtest',
            given.digest('key r'),
            given.digest('r')
        )
        $$,
        '23503',
        'insert or update on table "asset_catalog" violates foreign key constraint'
        ' "asset_catalog_wallet_account_network_fk"',
        'an account of another network is refused'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
