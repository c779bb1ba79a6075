-- wallet_accounts: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table app.wallet_accounts

SELECT plan(65);

-- Edits of the key meet refuse_key_change(), see its test. The rules hold without it.

ALTER TABLE app.wallet_accounts DISABLE TRIGGER wallet_accounts_used_keeps_key;

SELECT
    results_eq(
        $$
        SELECT account.id, account.chain, account.network, account.keyset_id, account.next_index
        FROM app.wallet_accounts AS account
        WHERE
            account.is_active
            AND account.derivation_path_template = '0/{index}'
            AND account.parent_key_digest IS NULL
            AND account.key_material_hash IS NULL
        ORDER BY account.id
        $$,
        $$
        VALUES
        ('wa_btc_regtest_001' COLLATE "C", 'bitcoin', 'regtest', 'ks_btc_regtest', 0::bigint),
        ('wa_btc_testnet_001', 'bitcoin', 'testnet', 'ks_btc_testnet', 0),
        ('wa_eth_sepolia_001', 'ethereum', 'sepolia', 'ks_eth_sepolia', 0)
        $$,
        'the accounts of this release, unused, bound to no key'
    );

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', 'wa_' || nth,
        'chain', 'bitcoin',
        'network', 'regtest',
        'keyset_id', 'ks_' || nth,
        'parent_key_digest', given.digest('key ' || nth),
        'key_material_hash', given.digest('hash ' || nth),
        'key_material_hash_algo', 'hmac-sha256',
        'next_index', nth
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('wallet_accounts_pk', '{"id": "wa_1"}'::jsonb, NULL),
('wallet_accounts_id_shape', '{"id": "btc_1"}', NULL),
('wallet_accounts_id_shape', '{"id": "wa_B"}', NULL),
('wallet_accounts_id_shape', '{"id": "wa_"}', NULL),
('wallet_accounts_id_shape', jsonb_build_object('id', 'wa_' || repeat('a', 121)), NULL),
('wallet_accounts_network_allowed_fk', '{"network": "mainnet"}', NULL),
('wallet_accounts_network_allowed_fk', '{"chain": "ethereum", "network": "mainnet"}', NULL),
('wallet_accounts_network_allowed_fk', '{"network": "local"}', NULL),
('wallet_accounts_network_allowed_fk', '{"chain": "ethereum"}', NULL),
('wallet_accounts_keyset_id_shape', '{"keyset_id": ""}', NULL),
('wallet_accounts_keyset_id_shape', '{"keyset_id": "key set"}', NULL),
('wallet_accounts_keyset_id_shape', jsonb_build_object('keyset_id', repeat('k', 65)), NULL),
('wallet_accounts_template_known', '{"derivation_path_template": "1/{index}"}', NULL),
('wallet_accounts_template_known', '{"derivation_path_template": "m/84h/1h/0h/0/{index}"}', NULL),
-- An edit that sets a cursor back meets refuse_cursor_rewind() first.
('wallet_accounts_next_index_range', '{"next_index": -1}', 'a new row'),
('wallet_accounts_next_index_range', '{"next_index": 2147483649}', NULL),
('wallet_accounts_parent_key_digest_shape', '{"parent_key_digest": "ab"}', NULL),
(
    'wallet_accounts_parent_key_digest_shape',
    jsonb_build_object('parent_key_digest', upper(given.digest('x'))),
    NULL
),
('wallet_accounts_used_has_key', '{"parent_key_digest": null}', NULL),
('wallet_accounts_key_material_hash_shape', '{"key_material_hash": "ab"}', NULL),
(
    'wallet_accounts_key_material_hash_shape',
    jsonb_build_object('key_material_hash', upper(given.digest('x'))),
    NULL
),
('wallet_accounts_key_material_hash_algo_known', '{"key_material_hash_algo": null}', NULL),
('wallet_accounts_key_material_hash_algo_known', '{"key_material_hash_algo": "sha256"}', NULL),
('wallet_accounts_key_material_hash_algo_known', '{"key_material_hash": null}', NULL),
('wallet_accounts_active_keyset_unique', '{"keyset_id": "ks_1"}', NULL),
(
    'wallet_accounts_active_parent_key_unique',
    jsonb_build_object('parent_key_digest', given.digest('key 1')),
    NULL
);

\ir ../../support/refusals.psql

SET LOCAL ROLE pgtill_owner;

-- The cursor

SELECT
    lives_ok(
        'UPDATE app.wallet_accounts SET next_index = 2147483648 WHERE id = ''wa_1''',
        'a cursor may stand at 2^31: exhausted'
    );
SELECT
    throws_ok(
        'UPDATE app.wallet_accounts SET next_index = 2147483647 WHERE id = ''wa_1''',
        'TL004', 'cursor of a wallet account never goes back', 'it never goes back'
    );

-- History: inactive accounts may share a keyset and a key with an active one, and with each other

SELECT
    lives_ok(
        format(
            $$
            INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, parent_key_digest, is_active)
            VALUES (%L, 'bitcoin', 'regtest', 'ks_1', given.digest('key 1'), FALSE)
            $$,
            past.id
        ),
        format('%s is history of the same keyset and key', past.id)
    )
FROM (VALUES ('wa_past1'), ('wa_past2')) AS past (id);
SELECT
    throws_ok(
        'UPDATE app.wallet_accounts SET is_active = TRUE WHERE id = ''wa_past1''',
        '23505',
        'duplicate key value violates unique constraint "wallet_accounts_active_keyset_unique"',
        'a second account of a keyset is not switched on beside the first'
    );
SELECT
    throws_ok(
        'UPDATE app.wallet_accounts SET is_active = TRUE, keyset_id = ''ks_past'' WHERE id ='
        ' ''wa_past1''',
        '23505',
        'duplicate key value violates unique constraint "wallet_accounts_active_parent_key_unique"',
        'a second account of a key is not, whatever its keyset is called'
    );
SELECT
    lives_ok(
        $$
        INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, parent_key_digest)
        VALUES ('wa_testnet', 'bitcoin', 'testnet', 'ks_1', given.digest('key 1'))
        $$,
        'one key may serve two networks: their addresses differ'
    );

-- Under enabled assets

SELECT
    throws_ok(
        'UPDATE app.wallet_accounts SET is_active = FALSE WHERE id = ''wa_btc_regtest_001''',
        '23503',
        'update or delete on table "wallet_accounts" violates foreign key constraint'
        ' "asset_catalog_enabled_account_active_fk" on table "asset_catalog"',
        'an account is not switched off under an enabled asset'
    );
SELECT
    throws_ok(
        'UPDATE app.wallet_accounts SET network = ''testnet'' WHERE id = ''wa_btc_regtest_001''',
        '23503',
        'update or delete on table "wallet_accounts" violates foreign key constraint'
        ' "asset_catalog_wallet_account_network_fk" on table "asset_catalog"',
        'an account does not move to another network under an asset'
    );
SELECT
    throws_ok(
        'DELETE FROM app.wallet_accounts WHERE id = ''wa_btc_regtest_001''',
        '23503',
        'update or delete on table "wallet_accounts" violates foreign key constraint'
        ' "asset_catalog_wallet_account_network_fk" on table "asset_catalog"',
        'or disappear'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
