-- find_target_index(): private; what it does is walked in transfer_path.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.find_target_index(integer, integer, integer)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format('SELECT paths.find_target_index(%s)', (
            SELECT string_agg(format('NULL::%s', arg.kind::regtype), ', ')
            FROM pg_proc AS fn
            CROSS JOIN LATERAL unnest(fn.proargtypes) AS arg (kind)
            WHERE fn.proname = 'find_target_index' AND fn.pronamespace = 'paths'::regnamespace
        )),
        '42501',
        'permission denied for function find_target_index',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
