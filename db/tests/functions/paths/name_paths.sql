-- name_paths(): private; what it does is walked in allocate_paths.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.name_paths(jsonb[])'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.name_paths(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'name_paths' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function name_paths',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
