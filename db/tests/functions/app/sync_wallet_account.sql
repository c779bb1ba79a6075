-- sync_wallet_account(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(31);

-- Shape

SELECT
    is(
        given.shape('app.sync_wallet_account(text, text, text, text, text, text[], text)'),
        'volatile definer, pgtill_service',
        'only the service calls it, with the rights of the owner'
    );
SELECT
    is(
        pg_get_function_result(
            'app.sync_wallet_account(text, text, text, text, text, text[], text)'::regprocedure
        ),
        'TABLE(event_id bigint, wallet_account_id text, action text, match_source text, next_index'
        ' bigint,'
        ' previous_wallet_account_id text)',
        'it answers what it did'
    );

-- Given the reference rows as they are deployed, and a shop

INSERT INTO identity.organizations (name) VALUES ('shop');

-- reused: unhashed, active, legacy

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$ SELECT synced.* FROM given.sync('key a', secret => 'old secret') AS synced $$,
        $$
        VALUES (
            1::bigint, 'wa_btc_regtest_001', 'reused',
            'unhashed', 0::bigint, 'wa_btc_regtest_001'
        )
        $$,
        'an account that was never hashed is adopted'
    );
SELECT
    results_eq(
        $$ SELECT synced.* FROM given.sync('key a', secret => 'old secret') AS synced $$,
        $$
        VALUES (
            2::bigint, 'wa_btc_regtest_001', 'reused',
            'active', 0::bigint, 'wa_btc_regtest_001'
        )
        $$,
        'the next start-up recognises it by the active secret'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.next_index
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('a1'), given.order('a2'), given.order('a3')),
            given.window('wa_btc_regtest_001', 0, 3, 'key a')
        ) AS answer
        $$,
        $$ VALUES ('created', 3::bigint), ('created', 3), ('created', 3) $$,
        'three addresses of the key are handed out'
    );
SELECT
    results_eq(
        $$
        SELECT synced.*
        FROM given.sync('key a', legacy_secrets => '{older secret,old secret}') AS synced
        $$,
        $$
        VALUES (
            3::bigint, 'wa_btc_regtest_001', 'reused',
            'legacy', 3::bigint, 'wa_btc_regtest_001'
        )
        $$,
        'after the secret was changed the previous one recognises it: id and cursor stay'
    );

RESET ROLE;

SELECT
    results_eq(
        $$
        SELECT account.key_material_hash, account.key_material_hash_algo, account.parent_key_digest
        FROM app.wallet_accounts AS account
        WHERE account.id = 'wa_btc_regtest_001'
        $$,
        $$ VALUES (given.digest('secret' || 'key a'), 'hmac-sha256', given.digest('key a')) $$,
        'its hash is rewritten with the active secret''s'
    );

-- rotated: all assets of the keyset are bound anew, enabled or not

INSERT INTO app.asset_catalog (
    chain, network, asset, wallet_account_id, minor_unit, decimals, address_scheme,
    enabled, source_ref, approved_by
)
VALUES
(
    'bitcoin', 'regtest', 'OLD', 'wa_btc_regtest_001', 'sats', 8, 'bip84_p2wpkh',
    FALSE, 'test', 'test'
);

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            synced.event_id,
            synced.wallet_account_id
            ~ ('^wa_bitcoin_regtest_' || left(given.digest('secret' || 'key b'), 12) || '_[0-9]{6}_[0-9]{14}$'),
            synced.action,
            synced.match_source,
            synced.next_index,
            synced.previous_wallet_account_id
        FROM given.sync('key b', first_address => 100) AS synced
        $$,
        $$ VALUES (4::bigint, TRUE, 'rotated', 'active', 0::bigint, 'wa_btc_regtest_001') $$,
        'another key: a new account, whose id tells chain, network, hash and time; its cursor at 0'
    );

RESET ROLE;

SELECT account.id AS second
FROM app.wallet_accounts AS account
WHERE account.network = 'regtest' AND account.is_active \gset

SELECT
    results_eq(
        $$
        SELECT account.id, account.is_active, account.next_index
        FROM app.wallet_accounts AS account
        WHERE account.network = 'regtest'
        ORDER BY account.is_active
        $$,
        format(
            $$ VALUES ('wa_btc_regtest_001' COLLATE "C", FALSE, 3::bigint), (%L, TRUE, 0) $$,
            :'second'
        ),
        'the old account is switched off and keeps its cursor'
    );
SELECT
    results_eq(
        $$
        SELECT catalog.asset, catalog.wallet_account_id
        FROM app.asset_catalog AS catalog
        WHERE catalog.network = 'regtest'
        ORDER BY catalog.asset
        $$,
        format($$ VALUES ('BTC', %1$L COLLATE "C"), ('OLD', %1$L) $$, :'second'),
        'every asset of the keyset stands on the new account'
    );
SELECT
    is(
        count(*), 3::bigint, 'assets of other keysets stay where they were'
    )
FROM app.asset_catalog AS catalog
WHERE catalog.wallet_account_id LIKE 'wa\_%\_001';

-- reactivated: there and back again, also after another change of the secret

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$ SELECT synced.* FROM given.sync('key a') AS synced $$,
        format(
            $$ VALUES (5::bigint, 'wa_btc_regtest_001', 'reactivated', 'active', 3::bigint, %L) $$,
            :'second'
        ),
        'going back to the first key reactivates its account, cursor kept'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome,
        (answer.payment_request -> 'payment_instructions' ->> 'derivation_index')::integer
        FROM app.allocate_and_insert(
            jsonb_build_array(given.order('a4')), given.window('wa_btc_regtest_001', 3, 1, 'key a')
        ) AS answer
        $$,
        $$ VALUES ('created', 3) $$,
        'and goes on where it stopped'
    );
SELECT
    results_eq(
        $$
        SELECT synced.*
        FROM given.sync('key b', 'new secret', '{older secret,secret}', first_address => 100) AS synced
        $$,
        format(
            $$ VALUES (6::bigint, %L, 'reactivated', 'legacy', 0::bigint, 'wa_btc_regtest_001') $$,
            :'second'
        ),
        'history is searched by the previous secrets, too'
    );
SELECT
    results_eq(
        $$
        SELECT synced.action, synced.match_source
        FROM given.sync('key b', 'new secret', '{new secret}', first_address => 100) AS synced
        $$,
        $$ VALUES ('reused', 'active') $$,
        'a previous secret that is the active one counts as active'
    );

-- One keyset with two assets on one account

SELECT
    results_eq(
        $$
        SELECT synced.action, synced.match_source, synced.previous_wallet_account_id
        FROM given.sync('key e', network => 'sepolia') AS synced
        UNION ALL
        SELECT synced.action, synced.match_source, synced.previous_wallet_account_id
        FROM given.sync('key f', network => 'sepolia', first_address => 100) AS synced
        $$,
        $$
        VALUES
        ('reused', 'unhashed', 'wa_eth_sepolia_001'),
        ('rotated', 'active', 'wa_eth_sepolia_001')
        $$,
        'ETH and USDT are rotated'
    );

RESET ROLE;

SELECT
    is(
        count(*) FILTER (WHERE account.is_active AND account.id <> 'wa_eth_sepolia_001'),
        2::bigint,
        'together'
    )
FROM app.asset_catalog AS catalog
INNER JOIN app.wallet_accounts AS account ON catalog.wallet_account_id = account.id
WHERE catalog.chain = 'ethereum';

-- A keyset without an active account

UPDATE app.asset_catalog AS catalog
SET enabled = FALSE
WHERE catalog.chain = 'ethereum';
UPDATE app.wallet_accounts AS account
SET is_active = FALSE
WHERE account.chain = 'ethereum';

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT synced.action, synced.previous_wallet_account_id
        FROM given.sync('key g', network => 'sepolia', first_address => 100) AS synced
        $$,
        $$ VALUES ('rotated', NULL::text) $$,
        'no active account and no history: rotated, from nothing'
    );

RESET ROLE;

SELECT
    results_eq(
        $$
        SELECT event.action, event.match_source, event.key_material_hash, event.details
        FROM app.wallet_account_sync_events AS event
        WHERE event.id IN (3, 4, 5, 10)
        ORDER BY event.id
        $$,
        format(
            $$
            VALUES
            (
                'reused', 'legacy', given.digest('secret' || 'key a'),
                jsonb_build_object(
                    'selected_from', 'active',
                    'hash_prefix', left(given.digest('secret' || 'key a'), 12),
                    'parent_key_digest', given.digest('key a'),
                    'previous_active_wallet_account_id', 'wa_btc_regtest_001'
                )
            ),
            (
                'rotated', 'active', given.digest('secret' || 'key b'),
                jsonb_build_object(
                    'selected_from', 'new',
                    'hash_prefix', left(given.digest('secret' || 'key b'), 12),
                    'parent_key_digest', given.digest('key b'),
                    'previous_active_wallet_account_id', 'wa_btc_regtest_001'
                )
            ),
            (
                'reactivated', 'active', given.digest('secret' || 'key a'),
                jsonb_build_object(
                    'selected_from', 'historical',
                    'hash_prefix', left(given.digest('secret' || 'key a'), 12),
                    'parent_key_digest', given.digest('key a'),
                    'previous_active_wallet_account_id', %L
                )
            ),
            (
                'rotated', 'active', given.digest('secret' || 'key g'),
                jsonb_build_object(
                    'selected_from', 'new',
                    'hash_prefix', left(given.digest('secret' || 'key g'), 12),
                    'parent_key_digest', given.digest('key g')
                )
            )
            $$,
            :'second'
        ),
        'one event each says what was done, from where, and what was active before'
    );
SELECT is(count(*), 10::bigint, 'ten calls, ten events') FROM app.wallet_account_sync_events;
SELECT
    is_empty(
        'SELECT broken.* FROM app.verify_sync_event_chain() AS broken',
        'the chain of events is whole'
    );
SELECT
    is_empty(
        'SELECT anomaly.* FROM app.anomalies AS anomaly',
        'no rotation puts anything out of order'
    );

-- Refusals

CREATE FUNCTION pg_temp.everything()
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT
        given.digest(
            concat(
                (
                    SELECT jsonb_agg(to_jsonb(account) ORDER BY account.id)
                    FROM app.wallet_accounts AS account
                ),
                (
                    SELECT jsonb_agg(to_jsonb(catalog) ORDER BY catalog)
                    FROM app.asset_catalog AS catalog
                ),
                (
                    SELECT jsonb_agg(to_jsonb(event) ORDER BY event.id)
                    FROM app.wallet_account_sync_events AS event
                )
            )
        );
END;

SELECT pg_temp.everything() AS before \gset

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT given.sync('key c', first_address => 0) $$,
        'TL007',
        'the key has handed out addresses before',
        'a new key whose index 0 was handed out is refused: it is an old one, spelled or hashed'
        ' anew'
    );
SELECT
    throws_ok(
        $$ SELECT given.sync('key a', 'secret nobody knows any more', first_address => 50) $$,
        'TL007',
        'the key has handed out addresses before',
        'a used key under a hash that is not recognised is refused: its old secret is missing'
    );
SELECT
    throws_ok(
        format(
            $$
            SELECT app.sync_wallet_account(
                chain => %L,
                network => %L,
                keyset_id => %L,
                parent_key_digest => %L,
                key_material_hash => %L,
                legacy_hashes => '{}',
                index0_address => 'unused'
            )
            $$,
            refused.chain,
            refused.network,
            refused.keyset_id,
            refused.parent_key_digest,
            refused.hash
        ),
        refused.code,
        refused.message,
        refused.description
    )
FROM (
    VALUES
    (
        'bitcoin', 'regtest', 'ks_unknown', given.digest('key u'), given.digest('u'),
        'TL008',
        'no asset of the catalog stands on the keyset',
        'a keyset that no asset needs is refused'
    ),
    (
        'bitcoin', 'mainnet', 'ks_btc_mainnet', given.digest('key u'), given.digest('u'),
        '23503',
        'insert or update on table "wallet_accounts" violates foreign key constraint'
        ' "wallet_accounts_network_allowed_fk"',
        'a network that is not allowed is refused'
    ),
    (
        'bitcoin', 'regtest', 'ks_second', given.digest('key b'), given.digest('u'),
        '23505',
        'duplicate key value violates unique constraint "wallet_accounts_active_parent_key_unique"',
        'the key of another active account of the network is refused'
    ),
    (
        'bitcoin', 'regtest', 'ks_btc_regtest', 'not a digest', given.digest('u'),
        '23514',
        'new row for relation "wallet_accounts" violates check constraint'
        ' "wallet_accounts_parent_key_digest_shape"',
        'a key digest that is none is refused'
    ),
    (
        'bitcoin', 'regtest', 'ks_btc_regtest', given.digest('key u'), 'abcdefabcdefabcd',
        '23514',
        'new row for relation "wallet_accounts" violates check constraint'
        ' "wallet_accounts_key_material_hash_shape"',
        'a hash that is none is refused'
    )
) AS refused (chain, network, keyset_id, parent_key_digest, hash, code, message, description);

RESET ROLE;

SELECT is(pg_temp.everything(), :'before', 'what is refused leaves nothing behind');

-- A used key is refused wherever it would begin at index 0 again, not in a new account only

INSERT INTO app.wallet_accounts (id, chain, network, keyset_id)
VALUES ('wa_btc_second_001', 'bitcoin', 'regtest', 'ks_second');
UPDATE app.asset_catalog AS catalog
SET wallet_account_id = 'wa_btc_second_001'
WHERE catalog.asset = 'OLD';

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$
        SELECT app.sync_wallet_account(
            chain => 'bitcoin',
            network => 'regtest',
            keyset_id => 'ks_second',
            parent_key_digest => given.digest('key a'),
            key_material_hash => given.digest('secret' || 'key a'),
            legacy_hashes => '{}',
            index0_address => given.address('bitcoin', 0)
        )
        $$,
        'TL007',
        'the key has handed out addresses before',
        'an account that was never hashed does not adopt a key used elsewhere'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
