-- plan_paths(): private; what it does is walked in allocate_paths.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.plan_paths(jsonb[], boolean)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.plan_paths(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'plan_paths' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function plan_paths',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
