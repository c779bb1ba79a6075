-- check_availability(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.check_availability(integer, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT count(made) AS made FROM given.allocate_paths('2.3.4', '2.5') AS made \gset

SELECT count(
    retired
) AS retired FROM
    paths.retire_path(
        given.organization_id('ikea'),
        given.user_id('ann'), 'r', given.digest('r'), 1, '2.5'
    ) AS retired
\gset

SELECT
    results_eq(
        $$
        SELECT asked.path, told.*
        FROM (VALUES (1, '2.3.5'), (1, '2.3.4'), (1, '2.3'), (1, '2.3.4.1.1'), (1, '2.5'),
            (1, '2.5.1'), (1, '2'), (1, 'x'), (9, '2.1'), (1, '9.1')) AS asked (wallet, path)
        CROSS JOIN LATERAL paths.check_availability(asked.wallet, asked.path) AS told
        $$,
        $$
        VALUES
        ('2.3.5', TRUE, 'free', NULL),
        ('2.3.4', FALSE, 'path_taken', '2.3.4'),
        ('2.3', FALSE, 'path_has_descendants', '2.3'),
        ('2.3.4.1.1', FALSE, 'path_below_allocation', '2.3.4'),
        ('2.5', FALSE, 'path_taken', '2.5'),
        ('2.5.1', FALSE, 'path_below_allocation', '2.5'),
        ('2', FALSE, 'invalid_path', NULL),
        ('x', FALSE, 'invalid_path', NULL),
        ('2.1', FALSE, 'wallet_version_not_found', NULL),
        ('9.1', FALSE, 'manufacturer_not_found', NULL)
        $$,
        'whatever the status of what blocks'
    );

RESET ROLE;

UPDATE paths.wallet_versions SET daily_allocation_limit = current_daily_allocations
WHERE version_id = 1;

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT told.*, (SELECT answer.outcome FROM
            paths.allocate_paths(jsonb_build_array(given.path_order(asked.path, 'again')))
            AS answer)
        FROM (VALUES ('2.3.5'), ('2.3.4')) AS asked (path)
        CROSS JOIN LATERAL paths.check_availability(1, asked.path) AS told
        $$,
        $$
        VALUES
        (FALSE, 'daily_limit_reached', NULL, 'daily_limit_reached'),
        (FALSE, 'path_taken', '2.3.4', 'path_taken')
        $$,
        'nor when the wallet has allocated enough today, as an allocation says'
    );

RESET ROLE;

UPDATE paths.wallet_versions SET last_reset_date = last_reset_date - 1
WHERE version_id = 1;

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT told.reason FROM paths.check_availability(1, '2.3.5') AS told
        $$,
        $$
        VALUES ('free')
        $$,
        'tomorrow it is free again'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
