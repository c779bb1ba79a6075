-- set_default_wallet(): private; what it does is walked in approve.sql.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.set_default_wallet(integer)'),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.set_default_wallet(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'set_default_wallet' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function set_default_wallet',
        'the service does not call it by itself'
    );

RESET ROLE;

-- Refusals

SELECT
    throws_ok(
        'SELECT paths.set_default_wallet(9)',
        'TL204',
        'wallet version does not exist',
        'a wallet that there is not: else there would be no default any more'
    );

SELECT * FROM finish();
ROLLBACK;
