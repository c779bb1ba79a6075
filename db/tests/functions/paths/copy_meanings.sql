-- copy_meanings(): private; what it does is walked in transfer_manufacturer.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape(
            'paths.copy_meanings(paths.manufacturer_registry,'
            ' paths.manufacturer_registry)'
        ),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.copy_meanings(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'copy_meanings' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function copy_meanings',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
