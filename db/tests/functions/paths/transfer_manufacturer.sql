-- transfer_manufacturer(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(17);

-- Shape

SELECT
    is(
        given.shape(
            'paths.transfer_manufacturer(bigint, text, text, text, integer,'
            ' integer, integer, text)'
        ),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

SELECT count(made) AS made FROM
    paths.define_path_schema(
        given.organization_id('ikea'),
        given.user_id('ann'), 's3', given.digest('s3'), 1, 2, 3, 'region', NULL, '414', TRUE, 1
    ) AS made
\gset

SELECT
    results_eq(
        $$
        SELECT opened.replayed, opened.answer ->> 'status', opened.answer ->> 'paths_total',
            opened.answer ->> 'target_index', opened.answer ->> 'completion_percentage' FROM
            paths.transfer_manufacturer(given.organization_id('ikea'), given.user_id('ann'),
            't', given.digest('t'), 1, 2, 2, 'security_upgrade') AS opened
        $$,
        $$
        VALUES (FALSE, 'transferring', '3', '2', '0')
        $$,
        'its live paths are marked; it keeps its index'
    );

SELECT
    results_eq(
        $$
        SELECT opened.replayed, opened.answer ->> 'paths_total' FROM
            paths.transfer_manufacturer(given.organization_id('ikea'), given.user_id('ann'),
            't', given.digest('t'), 1, 2, 2, 'security_upgrade') AS opened
        $$,
        $$
        VALUES (TRUE, '3')
        $$,
        'the key is answered again'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_manufacturer(given.organization_id('ikea'),
            given.user_id('ann'), 't2', given.digest('t2'), 1, 2, 2, 'security_upgrade')
        $$,
        'TL209',
        'manufacturer is not active',
        'not twice'
    );

SELECT
    results_eq(
        $$
        SELECT answer.outcome FROM
            paths.allocate_paths(jsonb_build_array(given.path_order('2.9'),
            given.path_order('2.9', 'w2', '{"wallet_version": 2}'))) AS answer
        $$,
        $$
        VALUES ('manufacturer_not_active'), ('manufacturer_not_active')
        $$,
        'meanwhile it allocates nowhere'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_manufacturer(given.organization_id('coke'),
            given.user_id('cid'), 't3', given.digest('t3'), 1, 3, 1, 'security_upgrade')
        $$,
        'TL220',
        'source and target are one wallet version',
        'to another wallet'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_manufacturer(given.organization_id('coke'),
            given.user_id('cid'), 't3', given.digest('t3'), 1, 3, 9, 'security_upgrade')
        $$,
        'TL204',
        'wallet version does not exist',
        'that there is'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_manufacturer(given.organization_id('coke'),
            given.user_id('cid'), 't3', given.digest('t3'), 1, 2, 2, 'security_upgrade')
        $$,
        'TL206',
        'user may not act for the organization',
        'by who owns it'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_manufacturer(given.organization_id('ikea'),
            given.user_id('sue'), 't3', given.digest('t3'), 1, 9, 2, 'security_upgrade')
        $$,
        'TL208',
        'manufacturer does not exist',
        'there is none'
    );

SELECT
    results_eq(
        $$
        SELECT opened.answer ->> 'status', opened.answer ->> 'completion_percentage' FROM
            paths.transfer_manufacturer(given.organization_id('ikea'), given.user_id('sue'),
            't4', given.digest('t4'), 1, 3, 2, 'organizational_change') AS opened
        $$,
        $$
        VALUES ('transferred', '100')
        $$,
        'or a super-admin; without paths it is moved at once'
    );

SELECT count(
    made
) AS made FROM
    paths.register_manufacturer(
        given.organization_id('ikea'),
        given.user_id('ann'), 'n1', given.digest('n1'), 1, 'ACME'
    ) AS made
\gset

SELECT count(
    made
) AS made FROM
    paths.register_manufacturer(
        given.organization_id('ikea'),
        given.user_id('ann'), 'n2', given.digest('n2'), 2, 'ACME'
    ) AS made
\gset

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_manufacturer(given.organization_id('ikea'),
            given.user_id('ann'), 't5', given.digest('t5'), 1, 4, 2, 'security_upgrade')
        $$,
        'TL210',
        'manufacturer name or index is taken',
        'not where it is already'
    );

SELECT count(
    made
) AS made FROM
    paths.register_manufacturer(
        given.organization_id('ikea'),
        given.user_id('ann'), 'n3', given.digest('n3'), 1, 'Idle', 5
    ) AS made
\gset

RESET ROLE;

UPDATE paths.manufacturer_registry SET status = 'suspended'
WHERE wallet_version = 1 AND manufacturer_index = 5;

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT opened.answer ->> 'status' FROM
            paths.transfer_manufacturer(given.organization_id('ikea'), given.user_id('ann'),
            't5', given.digest('t5'), 1, 5, 2, 'organizational_change') AS opened
        $$,
        $$
        VALUES ('transferred')
        $$,
        'who is suspended may move'
    );

SELECT
    results_eq(
        $$
        SELECT found.manufacturer ->> 'status' FROM
            paths.get_manufacturer(given.organization_id('ikea'), given.user_id('ann'), 2, 5)
            AS found (manufacturer)
        $$,
        $$
        VALUES ('suspended')
        $$,
        'and is suspended there'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.transfer_manufacturer(given.organization_id('ikea'),
            given.user_id('sue'), 't6', given.digest('t6'), 1, 1, 2, 'whim')
        $$,
        '23514',
        'new row for relation "manufacturer_lineage" violates check constraint'
        ' "manufacturer_lineage_reason_known"',
        'for a reason'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT path.base_path, path.status FROM paths.path_registry AS path ORDER BY
            path.base_path
        $$,
        $$
        VALUES ('2.1.1' COLLATE "C", 'transferring'), ('2.1.2', 'transferring'), ('2.2',
            'transferring'), ('2.3', 'retired')
        $$,
        'what is retired stays'
    );

SELECT
    results_eq(
        $$
        SELECT level.wallet_version, level.level_name FROM paths.manufacturer_path_schemas
            AS level ORDER BY level.wallet_version
        $$,
        $$
        VALUES (1, 'region'), (2, 'region')
        $$,
        'what paths mean goes along'
    );

SELECT
    is_empty(
        $$ SELECT anomaly.* FROM paths.anomalies AS anomaly $$,
        'no anomaly'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
