-- transfer_overview: everybody's transfers, for who runs or audits the registry.
\ir ../../support/begin.psql

SELECT plan(2);

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;

SELECT count(made) AS made FROM given.allocate_paths('2.1', '2.2') AS made \gset
SELECT responded.answer ->> 'id' AS incident
FROM
    paths.respond_to_key_compromise(
        given.organization_id('ikea'), given.user_id('sue'), 'i', given.digest('i'), 1,
        'stolen', 'hsm:3'
    ) AS responded
\gset

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT shown.* FROM paths.transfer_overview AS shown',
        '42501',
        'permission denied for view transfer_overview',
        'the service does not read it'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT
            shown.manufacturer_name, shown.source_wallet, shown.target_wallet, shown.status,
            shown.paths_moved, shown.paths_total, shown.assignment_reason
        FROM paths.transfer_overview AS shown
        ORDER BY shown.place
        $$,
        $$
        VALUES
        ('Plings', 1, 3, 'transferred', 0::bigint, 0::bigint, 'key_compromise'),
        ('IKEA', 1, 3, 'transferring', 0, 2, 'key_compromise'),
        ('Coca-Cola', 1, 3, 'transferred', 0, 0, 'key_compromise')
        $$,
        'in the order in which they were opened'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
