-- manufacturers: everybody's, for who runs or audits the registry.
\ir ../../support/begin.psql

SELECT plan(2);

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT shown.* FROM paths.manufacturers AS shown',
        '42501',
        'permission denied for view manufacturers',
        'the service does not read it'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT
            shown.wallet_version, shown.manufacturer_index, shown.manufacturer_name,
            shown.organization_id IS NOT NULL, shown.status, shown.key_delegation_level
        FROM paths.manufacturers AS shown
        ORDER BY 1, 2
        $$,
        $$
        VALUES
        (1, 1, 'Plings', FALSE, 'active', 'none'),
        (1, 2, 'IKEA', TRUE, 'active', 'none'),
        (1, 3, 'Coca-Cola', TRUE, 'active', 'none')
        $$,
        'of all organizations, and of none'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
