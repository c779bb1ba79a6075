-- incident_overview: how far all transfers of an incident are.
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
        'SELECT shown.* FROM paths.incident_overview AS shown',
        '42501',
        'permission denied for view incident_overview',
        'the service does not read it'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT
            shown.wallet_version, shown.successor_version, shown.reason, shown.transfers_open,
            shown.transfers_done, shown.paths_total, shown.paths_moved, shown.completion_percentage
        FROM paths.incident_overview AS shown
        $$,
        $$
        VALUES (1, 3, 'stolen', 1::bigint, 2::bigint, 2::numeric, 0::numeric, 0::numeric)
        $$,
        'counted over all of them'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
