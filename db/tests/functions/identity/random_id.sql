-- random_id(): ids for the outside.
\ir ../../support/begin.psql

SELECT plan(9);

SELECT
    is(
        given.shape('identity.random_id(text)'),
        'volatile invoker, private',
        'nobody but the owner calls it'
    );
SELECT
    is(
        pg_get_function_result('identity.random_id(text)'::regprocedure),
        'text',
        'it answers text'
    );

SET LOCAL ROLE pgtill_owner;

SELECT
    matches(
        identity.random_id('org_'),
        '^org_[0-9a-f]{24}$',
        'the prefix and 24 lower hex digits'
    );
SELECT
    is(
        count(DISTINCT made.id), 1000::bigint, 'a thousand calls give a thousand ids'
    )
FROM (SELECT identity.random_id('x') AS id FROM generate_series(1, 1000)) AS made;
SELECT
    is(
        (
            SELECT count(DISTINCT substr(made.id, place.nth, 1))
            FROM (SELECT identity.random_id('') AS id FROM generate_series(1, 500)) AS made
        ),
        16::bigint,
        format('digit %s takes every value: no bits of it are fixed', place.nth)
    )
FROM generate_series(1, 24) AS place (nth)
WHERE place.nth IN (1, 13, 17, 24);

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT identity.random_id('x') $$,
        '42501', 'permission denied for function random_id', 'the service does not make ids itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
