-- constraint_violations(): private; what it does is walked in catalog_violations.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('app.constraint_violations()'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT app.constraint_violations()',
        '42501',
        'permission denied for function constraint_violations',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
