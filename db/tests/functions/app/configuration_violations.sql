-- configuration_violations(): private; what it does is walked in catalog_violations.sql.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('app.configuration_violations(jsonb, jsonb, boolean)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT app.configuration_violations(NULL, NULL, NULL)',
        '42501',
        'permission denied for function configuration_violations',
        'the service does not call it by itself'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
