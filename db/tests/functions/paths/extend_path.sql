-- extend_path(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(11);

-- Shape

SELECT
    is(
        given.shape('paths.extend_path(bigint, text, text, text, integer, text, integer)'),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT count(made) AS made FROM given.allocate_paths('2.3') AS made \gset

SELECT count(
    done
) AS done FROM
    paths.exhaust_path(
        given.organization_id('ikea'),
        given.user_id('ann'), 'k0', given.digest('k0'), 1, '2.3'
    ) AS done
\gset

SELECT
    results_eq(
        $$
        SELECT done.replayed, done.answer ->> 'status', done.answer ->> 'quantity',
            done.answer ->> 'allocated_range_end', done.answer ->> 'completed_at'
        FROM paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k',
            given.digest('k'), 1, '2.3', 9) AS done
        $$,
        $$
        VALUES (FALSE, 'active', '10', '10', NULL)
        $$,
        'an exhausted path is active again'
    );

SELECT
    results_eq(
        $$
        SELECT done.replayed, done.answer ->> 'quantity' FROM
            paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k',
            given.digest('k'), 1, '2.3', 9) AS done
        $$,
        $$
        VALUES (TRUE, '10')
        $$,
        'the key is answered again, once'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k2',
            given.digest('k2'), 1, '2.3', 2147483638)
        $$,
        'TL214',
        'range would end beyond 2^31 - 1',
        '2^31 - 1 is the last instance'
    );

SELECT
    lives_ok(
        $$
        SELECT paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k2',
            given.digest('k2'), 1, '2.3', 2147483637)
        $$, 'and may be reached'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k3',
            given.digest('k3'), 1, '2.3', -1)
        $$,
        'TL202',
        'a path keeps its name, and its status never goes back',
        'a path does not shrink'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k3',
            given.digest('k3'), 1, '2.3', NULL)
        $$,
        '23502',
        'null value in column "quantity" of relation "path_registry" violates not-null'
        ' constraint',
        'by how much is said'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.extend_path(given.organization_id('ikea'), given.user_id('bob'), 'k3',
            given.digest('k3'), 1, '2.3', 1)
        $$,
        'TL206',
        'user may not act for the organization',
        'a member may not'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k3',
            given.digest('k3'), 1, '2.4', 1)
        $$,
        'TL212',
        'path does not exist',
        'there is none'
    );

RESET ROLE;

UPDATE paths.wallet_versions SET status = 'inactive', is_default = FALSE
WHERE version_id = 1;

SET LOCAL ROLE pgtill_service;


SELECT
    throws_ok(
        $$
        SELECT paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k3',
            given.digest('k3'), 1, '2.3', 1)
        $$,
        'TL205',
        'wallet version is not active',
        'nothing more in a wallet that is not active'
    );

SELECT count(
    done
) AS done FROM
    paths.retire_path(
        given.organization_id('ikea'),
        given.user_id('ann'), 'k4', given.digest('k4'), 1, '2.3'
    ) AS done
\gset

RESET ROLE;

UPDATE paths.wallet_versions SET status = 'active'
WHERE version_id = 1;

SET LOCAL ROLE pgtill_service;


SELECT
    throws_ok(
        $$
        SELECT paths.extend_path(given.organization_id('ikea'), given.user_id('ann'), 'k5',
            given.digest('k5'), 1, '2.3', 1)
        $$,
        'TL213',
        'path is not in a status that allows this',
        'nor of a retired path'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
