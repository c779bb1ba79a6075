-- transfer_path(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(14);

-- Shape

SELECT
    is(
        given.shape(
            'paths.transfer_path(bigint, text, text, text, integer, text, integer,'
            ' text)'
        ),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

SELECT count(
    made
) AS made FROM
    paths.register_manufacturer(
        given.organization_id('ikea'),
        given.user_id('ann'), 'n', given.digest('n'), 2, 'IKEA', 7
    ) AS made
\gset

SELECT
    results_eq(
        $$
        SELECT moved.replayed, moved.answer ->> 'status', moved.answer ->> 'target_index'
            FROM paths.transfer_path(given.organization_id('ikea'), given.user_id('ann'), 't',
            given.digest('t'), 1, '2.1.1', 2, 'environment_separation') AS moved
        $$,
        $$
        VALUES (FALSE, 'transferred', '7')
        $$,
        'in one call'
    );

SELECT
    results_eq(
        $$
        SELECT moved.replayed FROM paths.transfer_path(given.organization_id('ikea'),
            given.user_id('ann'), 't', given.digest('t'), 1, '2.1.1', 2,
            'environment_separation') AS moved
        $$,
        $$
        VALUES (TRUE)
        $$,
        'the key is answered again'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('ann'),
            't2', given.digest('t2'), 1, '2.1.1', 2, 'environment_separation')
        $$,
        'TL219',
        'path is not free in the target wallet',
        'its place there is taken'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('ann'),
            't2', given.digest('t2'), 1, '2.3', 2, 'environment_separation')
        $$,
        'TL213',
        'path is not in a status that allows this',
        'a retired path stays'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('ann'),
            't2', given.digest('t2'), 1, '2.8', 2, 'environment_separation')
        $$,
        'TL212',
        'path does not exist',
        'there is none'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('ann'),
            't2', given.digest('t2'), 1, '2.2', 1, 'environment_separation')
        $$,
        'TL220',
        'source and target are one wallet version',
        'to another wallet'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('sue'),
            't2', given.digest('t2'), 1, '3.2', 2, 'environment_separation')
        $$,
        'TL208',
        'manufacturer does not exist',
        'where its manufacturer is'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('bob'),
            't2', given.digest('t2'), 1, '2.2', 2, 'environment_separation')
        $$,
        'TL206',
        'user may not act for the organization',
        'by who may'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('ann'),
            't2', given.digest('t2'), 1, '2.2', 2, 'whim')
        $$,
        '23514',
        'new row for relation "transfers" violates check constraint "transfers_reason_known"',
        'for a reason'
    );

SELECT count(made) AS made FROM paths.allocate_paths(jsonb_build_array(given.path_order(
    '7.2.1',
    fields => '{"wallet_version": 2}'
))) AS made \gset

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('ann'),
            't2', given.digest('t2'), 1, '2.2', 2, 'environment_separation')
        $$,
        'TL219',
        'path is not free in the target wallet',
        'nor above what is there'
    );

RESET ROLE;

UPDATE paths.manufacturer_registry SET status = 'suspended'
WHERE manufacturer_index = 7;

SET LOCAL ROLE pgtill_service;


SELECT
    throws_ok(
        $$
        SELECT paths.transfer_path(given.organization_id('ikea'), given.user_id('ann'),
            't2', given.digest('t2'), 1, '2.1.2', 2, 'environment_separation')
        $$,
        'TL209',
        'manufacturer is not active',
        'and active'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT path.wallet_version, path.base_path, path.status FROM paths.path_registry AS path
        WHERE path.base_path LIKE '%.1.1'
        ORDER BY path.wallet_version
        $$,
        $$
        VALUES (1, '2.1.1' COLLATE "C", 'transferred'), (2, '7.1.1', 'active')
        $$,
        'both sides'
    );

SELECT
    is_empty(
        $$ SELECT anomaly.* FROM paths.anomalies AS anomaly $$,
        'no anomaly'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
