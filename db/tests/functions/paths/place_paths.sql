-- place_paths(): private; what it does is walked in allocate_paths.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.place_paths(jsonb[], boolean, boolean)'),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.place_paths(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'place_paths' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function place_paths',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
