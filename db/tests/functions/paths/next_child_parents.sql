-- next_child_parents(): private; what it does is walked in allocate_paths.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.next_child_parents(jsonb[])'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.next_child_parents(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'next_child_parents' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function next_child_parents',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
