-- get_lineage(): where a manufacturer was, for whom it is.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.get_lineage(bigint, text, text)'),
        'stable definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA and Coca-Cola in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT asked.tenant, asked.person, asked.name, told.step, told.wallet_version, told.problem
        FROM (
            VALUES
            (1, 'ikea', 'ann', 'IKEA'), (2, 'coke', 'cid', 'IKEA'), (3, 'coke', 'sue', 'IKEA'),
            (4, 'coke', 'cid', 'ACME')
        ) AS asked (nth, tenant, person, name)
        LEFT JOIN LATERAL paths.get_lineage(
            given.organization_id(asked.tenant), given.user_id(asked.person), asked.name
        ) AS told ON TRUE
        ORDER BY asked.nth
        $$,
        $$
        VALUES
        ('ikea', 'ann', 'IKEA', 1, 1, NULL),
        ('coke', 'cid', 'IKEA', NULL, NULL, NULL),
        ('coke', 'sue', 'IKEA', 1, 1, NULL),
        ('coke', 'cid', 'ACME', NULL, NULL, NULL)
        $$,
        'of one''s own, to a super-admin of all; another''s is as one that never was'
    );

-- Given IKEA on its way to wallet 2

\ir ../../support/transfer_of_ikea.psql

SELECT
    results_eq(
        $$
        SELECT told.step, told.wallet_version FROM paths.get_lineage(
            given.organization_id('ikea'), given.user_id('ann'), 'IKEA'
        ) AS told
        $$,
        'VALUES (1, 1), (2, 2)',
        'oldest first'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
