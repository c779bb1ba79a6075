-- list_wallet_accounts(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('app.list_wallet_accounts()'),
        'stable definer, pgtill_auditor pgtill_operator',
        'operators and auditors call it'
    );

-- Given a keyset that was rotated and rotated back, and an inactive account without an event

INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, is_active)
VALUES ('wa_past', 'bitcoin', 'testnet', 'ks_past', FALSE);

SET LOCAL ROLE pgtill_service;

SELECT synced.action FROM given.sync('key a') AS synced \gset
SELECT synced.wallet_account_id AS second
FROM given.sync('key b', first_address => 100) AS synced \gset
SELECT synced.action FROM given.sync('key a') AS synced \gset

-- Acting as an auditor

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT
            listed.wallet_account_id,
            listed.chain,
            listed.network,
            listed.keyset_id,
            listed.is_active,
            listed.next_index,
            listed.parent_key_digest,
            listed.key_material_hash,
            listed.last_event_id,
            listed.last_action, listed.last_event_at
        FROM app.list_wallet_accounts() AS listed
        $$,
        format(
            $$
            VALUES
            (
                %L, 'bitcoin', 'regtest', 'ks_btc_regtest', FALSE,
                0::bigint, given.digest('key b'), given.digest('secret' || 'key b'), 2::bigint,
                'rotated', now()
            ),
            (
                'wa_btc_regtest_001', 'bitcoin', 'regtest', 'ks_btc_regtest', TRUE,
                0, given.digest('key a'), given.digest('secret' || 'key a'), 3, 'reactivated', now()
            ),
            (
                'wa_btc_testnet_001', 'bitcoin', 'testnet', 'ks_btc_testnet', TRUE,
                0, NULL, NULL, NULL, NULL, NULL
            ),
            ('wa_past', 'bitcoin', 'testnet', 'ks_past', FALSE, 0, NULL, NULL, NULL, NULL, NULL),
            (
                'wa_eth_sepolia_001', 'ethereum', 'sepolia', 'ks_eth_sepolia', TRUE,
                0, NULL, NULL, NULL, NULL, NULL
            )
            $$,
            :'second'
        ),
        'every account, with its cursor and its last event'
    );

-- Refusals

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT app.list_wallet_accounts()',
        '42501',
        'permission denied for function list_wallet_accounts',
        'the service has list_assets()'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
