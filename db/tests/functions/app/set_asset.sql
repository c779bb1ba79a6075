-- set_asset(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(16);

-- Shape

SELECT
    is(
        given.shape('app.set_asset(text, text, text, text, text, boolean, bigint, text)'),
        'volatile definer, pgtill_operator',
        'only operators call it'
    );

-- Given a second account of regtest, and one that is not active

INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, is_active)
VALUES
('wa_second', 'bitcoin', 'regtest', 'ks_second', TRUE),
('wa_past', 'bitcoin', 'regtest', 'ks_past', FALSE);
UPDATE app.asset_catalog SET approved_at = '2026-01-01Z', updated_at = '2026-01-01Z';

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    lives_ok(
        $$
        SELECT app.set_asset(
            'bitcoin', 'regtest', 'BTC', approved_by => 'alice', source_ref => 'ticket 1',
            default_expires_in_seconds => 60
        )
        $$,
        'a shorter expiry'
    );
SELECT
    lives_ok(
        $$
        SELECT app.set_asset(
            'bitcoin',
            'regtest',
            'BTC',
            approved_by => 'bob',
            source_ref => 'ticket 2',
            enabled => FALSE
        )
        $$,
        'disabled'
    );
SELECT
    lives_ok(
        $$
        SELECT app.set_asset(
            'bitcoin', 'regtest', 'BTC', approved_by => 'bob', source_ref => 'ticket 3',
            wallet_account_id => 'wa_past'
        )
        $$,
        'a disabled asset may stand on an account that is not active'
    );

-- Refusals

SELECT
    throws_ok(
        format(
            'SELECT app.set_asset(%L, %L, %L, %L, %L, %L, %L, %L)',
            refused.chain, refused.network, refused.asset, refused.approved_by, refused.source_ref,
            refused.enabled, refused.seconds, refused.wallet_account_id
        ),
        refused.code,
        refused.message,
        refused.description
    )
FROM (
    VALUES
    (
        'bitcoin', 'regtest', 'DOGE', 'alice', 'ticket 4', NULL::boolean, NULL::bigint, NULL,
        'TL006', 'asset is not in the catalog', 'an unknown asset is refused'
    ),
    (
        'bitcoin', 'regtest', NULL, 'alice', 'ticket 4', NULL, NULL, NULL,
        'TL006', 'asset is not in the catalog', 'no asset is refused'
    ),
    (
        'bitcoin', 'regtest', 'BTC', NULL, 'ticket 4', NULL, NULL, NULL,
        '23502',
        'null value in column "approved_by" of relation "asset_catalog" violates not-null'
        ' constraint',
        'a change that nobody approved is refused'
    ),
    (
        'bitcoin', 'regtest', 'BTC', 'alice', NULL, NULL, NULL, NULL,
        '23502',
        'null value in column "source_ref" of relation "asset_catalog" violates not-null'
        ' constraint',
        'a change that stands nowhere is refused'
    ),
    (
        'bitcoin', 'regtest', 'BTC', 'alice', 'ticket 4', TRUE, NULL, NULL,
        '23503',
        'insert or update on table "asset_catalog" violates foreign key constraint'
        ' "asset_catalog_enabled_account_active_fk"',
        'to enable an asset on an account that is not active is refused'
    ),
    (
        'bitcoin', 'regtest', 'BTC', 'alice', 'ticket 4', NULL, NULL, 'wa_btc_testnet_001',
        '23503',
        'insert or update on table "asset_catalog" violates foreign key constraint'
        ' "asset_catalog_wallet_account_network_fk"',
        'an account of another network is refused'
    ),
    (
        'bitcoin', 'regtest', 'BTC', 'alice', 'ticket 4', NULL, NULL, 'wa_nowhere',
        '23503',
        'insert or update on table "asset_catalog" violates foreign key constraint'
        ' "asset_catalog_wallet_account_network_fk"',
        'an account that does not exist is refused'
    ),
    (
        'bitcoin', 'regtest', 'BTC', 'alice', 'ticket 4', NULL, 59, NULL,
        '23514',
        'new row for relation "asset_catalog" violates check constraint'
        ' "asset_catalog_default_expires_range"',
        'an expiry of 59 seconds is refused'
    ),
    (
        'bitcoin', 'regtest', 'BTC', 'alice', 'ticket 4', NULL, 2592001, NULL,
        '23514',
        'new row for relation "asset_catalog" violates check constraint'
        ' "asset_catalog_default_expires_range"',
        'an expiry of 30 days and a second is refused'
    )
) AS refused (
    chain,
    network,
    asset,
    approved_by,
    source_ref,
    enabled,
    seconds,
    wallet_account_id,
    code,
    message,
    description
);

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT app.set_asset('bitcoin', 'regtest', 'BTC', 'a', 'b') $$,
        '42501',
        'permission denied for function set_asset',
        'the service does not change the catalog'
    );

RESET ROLE;

-- State after

SELECT
    results_eq(
        $$
        SELECT
            catalog.enabled, catalog.default_expires_in_seconds, catalog.wallet_account_id,
            catalog.approved_by,
            catalog.source_ref,
            catalog.approved_at = now(),
            catalog.updated_at = now()
        FROM app.asset_catalog AS catalog
        WHERE catalog.chain = 'bitcoin' AND catalog.network = 'regtest'
        $$,
        $$ VALUES (FALSE, 60::bigint, 'wa_past' COLLATE "C", 'bob', 'ticket 3', TRUE, TRUE) $$,
        'an argument left out leaves its column as it was; who and where are always said anew'
    );
SELECT
    is(
        count(*), 3::bigint, 'other assets are not touched'
    )
FROM app.asset_catalog AS catalog
WHERE catalog.updated_at = '2026-01-01Z' AND catalog.approved_by = 'system';

SELECT * FROM finish();
ROLLBACK;
