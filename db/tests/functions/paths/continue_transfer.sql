-- continue_transfer(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(11);

-- Shape

SELECT
    is(
        given.shape('paths.continue_transfer(bigint, text, text, integer)'),
        'volatile definer, pgtill_operator pgtill_service',
        'callable by operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

\ir ../../support/transfer_of_ikea.psql

SELECT
    results_eq(
        format(
            $$
            SELECT step.moved, step.transfer ->> 'status', step.transfer ->> 'paths_moved',
                step.transfer ->> 'completion_percentage' FROM
                paths.continue_transfer(given.organization_id('ikea'), given.user_id('ann'), %L,
                2) AS step
            $$,
            :'transfer'
        ),
        $$
        VALUES (2, 'transferring', '2', '66')
        $$,
        'so many at most'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT lineage.status, lineage.completion_percentage FROM paths.manufacturer_lineage
            AS lineage WHERE lineage.canonical_name = 'IKEA' ORDER BY lineage.id
        $$,
        $$
        VALUES ('active', 100), ('in_progress', 66)
        $$,
        'the lineage goes along'
    );

SELECT
    is_empty(
        $$ SELECT anomaly.* FROM paths.anomalies AS anomaly $$,
        'no anomaly half-way'
    );

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        format(
            $$
            SELECT step.moved, step.transfer ->> 'status', step.transfer ->>
                'completion_percentage' FROM paths.continue_transfer(NULL, given.user_id('sue'),
                %L, 2) AS step
            $$,
            :'transfer'
        ),
        $$
        VALUES (1, 'transferred', '100')
        $$,
        'a super-admin goes on; after the last it is done'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT step.moved, step.transfer ->> 'status' FROM paths.continue_transfer(NULL,
                given.user_id('sue'), %L, 2) AS step
            $$,
            :'transfer'
        ),
        $$
        VALUES (0, 'transferred')
        $$,
        'again changes nothing'
    );

SELECT
    throws_ok(
        format(
            $$
            SELECT paths.continue_transfer(given.organization_id('ikea'),
                given.user_id('bob'), %L, 2)
            $$,
            :'transfer'
        ),
        'TL206',
        'user may not act for the organization',
        'only who may'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.continue_transfer(given.organization_id('ikea'), given.user_id('ann'),
            'trf_x', 2)
        $$,
        'TL218',
        'transfer does not exist',
        'there is none'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome FROM
            paths.allocate_paths(jsonb_build_array(given.path_order('2.9'),
            given.path_order('2.9', 'w2', '{"wallet_version": 2}'), given.path_order('2.2',
            'w3', '{"wallet_version": 2}'), given.path_order('2.1', 'w4'))) AS answer
        $$,
        $$
        VALUES ('manufacturer_not_active'), ('allocated'), ('path_taken'),
            ('manufacturer_not_active')
        $$,
        'it allocates in the target'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT path.wallet_version, path.base_path, path.status, path.transferred_to_wallet,
            path.transferred_to_path FROM paths.path_registry AS path WHERE path.base_path <>
            '2.9' ORDER BY path.wallet_version, path.base_path
        $$,
        $$
        VALUES (1, '2.1.1' COLLATE "C", 'transferred', 2, '2.1.1' COLLATE "C"), (1, '2.1.2',
            'transferred', 2, '2.1.2'), (1, '2.2', 'transferred', 2, '2.2'), (1, '2.3',
            'retired', NULL, NULL), (2, '2.1.1', 'active', NULL, NULL), (2, '2.1.2', 'active',
            NULL, NULL), (2, '2.2', 'exhausted', NULL, NULL)
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
