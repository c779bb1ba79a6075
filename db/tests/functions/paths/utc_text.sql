-- utc_text(): times as answers show them.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.utc_text(timestamp with time zone)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.utc_text('2026-01-02T03:04:05.000006+02'), paths.utc_text(NULL)
        $$,
        $$
        VALUES ('2026-01-02T01:04:05.000006Z', NULL)
        $$,
        'RFC 3339 in UTC, to the microsecond'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
