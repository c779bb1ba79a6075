-- exhaust_path(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('paths.exhaust_path(bigint, text, text, text, integer, text)'),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT count(made) AS made FROM given.allocate_paths('2.3') AS made \gset

SELECT
    results_eq(
        $$
        SELECT done.replayed, done.answer ->> 'status', done.answer ->> 'completed_at' =
            to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        FROM paths.exhaust_path(given.organization_id('ikea'), given.user_id('ann'), 'k',
            given.digest('k'), 1, '2.3') AS done
        $$,
        $$
        VALUES (FALSE, 'exhausted', TRUE)
        $$,
        'it is said'
    );

SELECT
    results_eq(
        $$
        SELECT done.replayed, done.answer ->> 'status' FROM
            paths.exhaust_path(given.organization_id('ikea'), given.user_id('ann'), 'k',
            given.digest('k'), 1, '2.3') AS done
        $$,
        $$
        VALUES (TRUE, 'exhausted')
        $$,
        'the key is answered again'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.exhaust_path(given.organization_id('ikea'), given.user_id('ann'), 'k2',
            given.digest('k2'), 1, '2.3')
        $$,
        'TL213',
        'path is not in a status that allows this',
        'not twice'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.exhaust_path(given.organization_id('ikea'), given.user_id('bob'), 'k3',
            given.digest('k3'), 1, '2.3')
        $$,
        'TL206',
        'user may not act for the organization',
        'a member may not'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.exhaust_path(given.organization_id('ikea'), given.user_id('ann'), 'k3',
            given.digest('k3'), 1, '2.4')
        $$,
        'TL212',
        'path does not exist',
        'there is none'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.exhaust_path(given.organization_id('coke'), given.user_id('cid'), 'k3',
            given.digest('k3'), 1, '2.3')
        $$,
        'TL212',
        'path does not exist',
        'another organization has none'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.exhaust_path(given.organization_id('ikea'), given.user_id('ann'), 'k',
            given.digest('x'), 1, '2.3')
        $$,
        'TL215',
        'idempotency key was used for another request',
        'a key is for one request'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
