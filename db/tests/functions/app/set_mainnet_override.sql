-- set_mainnet_override(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(9);

-- Shape

SELECT
    is(
        given.shape('app.set_mainnet_override(boolean)'),
        'volatile definer, pgtill_operator',
        'only operators call it'
    );

-- Given the override as it is deployed: off

SELECT
    throws_ok(
        $$
        INSERT INTO app.wallet_accounts (id, chain, network, keyset_id)
        VALUES ('wa_mainnet', 'bitcoin', 'mainnet', 'ks_mainnet')
        $$,
        '23503',
        'insert or update on table "wallet_accounts" violates foreign key constraint'
        ' "wallet_accounts_network_allowed_fk"',
        'no account stands on a mainnet'
    );

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        'SELECT place.* FROM app.set_mainnet_override(TRUE) AS place ORDER BY place.chain',
        $$ VALUES ('bitcoin', 'mainnet', TRUE), ('ethereum', 'mainnet', TRUE) $$,
        'switched on, it answers which networks those are'
    );
SELECT
    results_eq(
        'SELECT place.* FROM app.set_mainnet_override(FALSE) AS place ORDER BY place.chain',
        $$ VALUES ('bitcoin', 'mainnet', FALSE), ('ethereum', 'mainnet', FALSE) $$,
        'switched off again, as nothing stands there'
    );
SELECT count(*) AS switched FROM app.set_mainnet_override(TRUE) \gset

RESET ROLE;

SELECT
    lives_ok(
        $$
        INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, is_active)
        VALUES ('wa_mainnet', 'bitcoin', 'mainnet', 'ks_mainnet', FALSE)
        $$,
        'while it is on, an account may stand on a mainnet'
    );

-- Refusals

SET LOCAL ROLE pgtill_operator;

SELECT
    throws_ok(
        'SELECT app.set_mainnet_override(FALSE)',
        '23503',
        'update or delete on table "networks" violates foreign key constraint'
        ' "wallet_accounts_network_allowed_fk" on table "wallet_accounts"',
        'it cannot be switched off under an account, not even an inactive one'
    );
SELECT
    throws_ok(
        'SELECT app.set_mainnet_override(NULL)',
        '23502',
        'null value in column "is_allowed" of relation "networks" violates not-null constraint',
        'it is on or off'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT app.set_mainnet_override(TRUE)',
        '42501',
        'permission denied for function set_mainnet_override',
        'the service does not switch it'
    );

RESET ROLE;

-- State after

SELECT
    results_eq(
        $$
        SELECT place.chain, place.network
        FROM app.networks AS place
        WHERE place.is_allowed
        ORDER BY place.chain, place.network
        $$,
        $$
        VALUES
        ('bitcoin', 'mainnet'), ('bitcoin', 'regtest'), ('bitcoin', 'testnet'),
        ('ethereum', 'mainnet'), ('ethereum', 'sepolia')
        $$,
        'both mainnets are allowed, still'
    );

SELECT * FROM finish();
ROLLBACK;
