-- lock_wallets(): private; what it does is walked in transfer_manufacturer.sql.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.lock_wallets(integer, integer)'),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.lock_wallets(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'lock_wallets' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function lock_wallets',
        'the service does not call it by itself'
    );

RESET ROLE;

-- Given wallet 2, active, and wallet 3, deprecated

SELECT count(given.makers()) AS makers \gset
INSERT INTO paths.wallet_versions (version_id, version_name, master_key_id, status)
VALUES (3, 'v3', 'plings_master_key_v3', 'deprecated');

SELECT lives_ok('SELECT paths.lock_wallets(3, 2)', 'out of a wallet that is not active');
SELECT
    throws_ok(
        'SELECT paths.lock_wallets(2, 3)',
        'TL205',
        'wallet version is not active',
        'but not into one'
    );
SELECT
    throws_ok(
        'SELECT paths.lock_wallets(2, 2)',
        'TL220',
        'source and target are one wallet version',
        'nor from a wallet into itself'
    );

SELECT * FROM finish();
ROLLBACK;
