-- wallet_usage_stats: each count alone; joined first they would multiply.
\ir ../../support/begin.psql

SELECT plan(2);

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;

SELECT count(made) AS made
FROM paths.allocate_paths(
    jsonb_build_array(
        given.path_order('2.1', fields => '{"quantity": 10}'),
        given.path_order('2.2', fields => '{"quantity": 20}')
    )
) AS made \gset

SELECT
    throws_ok(
        'SELECT stats.* FROM paths.wallet_usage_stats AS stats',
        '42501',
        'permission denied for view wallet_usage_stats',
        'the service does not read it'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT
            stats.version_name,
            stats.environment,
            stats.total_paths,
            stats.total_identifiers,
            stats.active_manufacturers,
            stats.last_allocation = now()
        FROM paths.wallet_usage_stats AS stats
        ORDER BY stats.version_id
        $$,
        $$
        VALUES
        ('v1', 'production', 2::bigint, 30::bigint, 3::bigint, TRUE),
        ('v2', 'production', 0, 0, 0, NULL)
        $$,
        '30 things, not 90, of two paths and three manufacturers'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
