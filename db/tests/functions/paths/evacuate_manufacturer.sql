-- evacuate_manufacturer(): private; what it does is walked in respond_to_key_compromise.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.evacuate_manufacturer(paths.manufacturer_registry, paths.incidents)'),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.evacuate_manufacturer(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'evacuate_manufacturer' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function evacuate_manufacturer',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
