-- manufacturer_tree(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.manufacturer_tree(integer, integer, text, integer)'),
        'stable definer, pgtill_auditor pgtill_operator',
        'callable by auditor, operator only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT count(made) AS made FROM given.allocate_paths('2.1.1', '2.1.2', '2.2', '2.3') AS made \gset
SELECT count(
    done
) AS done FROM
    paths.retire_path(
        given.organization_id('ikea'),
        given.user_id('ann'), 'r', given.digest('r'), 1, '2.3'
    ) AS done
\gset
SELECT count(
    done
) AS done FROM
    paths.exhaust_path(
        given.organization_id('ikea'),
        given.user_id('ann'), 'x', given.digest('x'), 1, '2.2'
    ) AS done
\gset

SELECT count(made) AS made FROM
    paths.define_path_schema(
        given.organization_id('ikea'),
        given.user_id('ann'), 's3', given.digest('s3'), 1, 2, 3, 'region', NULL, '414', TRUE, 1
    ) AS made
\gset

SELECT count(
    made
) AS made FROM
    paths.define_level_value(
        given.organization_id('ikea'),
        given.user_id('ann'),
        'v3',
        given.digest('v3'),
        1,
        2,
        3,
        3,
        'Europe',
        'here',
        '7300000000013',
        'EU-1', TRUE
    ) AS made
\gset

SET LOCAL ROLE pgtill_operator;


SELECT
    results_eq(
        $$
        SELECT node.base_path, node.kind, node.level_name, node.value_name, node.status,
            node.quantity, node.child_count, node.allocated_count, node.identifier_count FROM
            paths.manufacturer_tree(1, 2, NULL, 10) AS node
        $$,
        $$
        VALUES ('2', 'branch', 'manufacturer', 'IKEA', NULL, NULL, 3::bigint, 4::bigint,
            4::numeric), ('2.1', 'branch', 'region', NULL, NULL, NULL, 2, 2, 2), ('2.1.1',
            'allocated', NULL, NULL, 'active', 1, 0, 1, 1), ('2.1.2', 'allocated', NULL, NULL,
            'active', 1, 0, 1, 1), ('2.2', 'allocated', 'region', NULL, 'exhausted', 1, 0, 1,
            1), ('2.3', 'allocated', 'region', 'Europe', 'retired', 1, 0, 1, 1)
        $$,
        'nodes with meaning and fill'
    );

SELECT
    results_eq(
        $$
        SELECT node.base_path FROM paths.manufacturer_tree(1, 2, '2.1.2', 1) AS node
        $$,
        $$
        VALUES ('2.2')
        $$,
        'after one, so many'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
