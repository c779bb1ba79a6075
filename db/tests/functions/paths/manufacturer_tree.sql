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


\ir ../../support/paths_of_ikea.psql

\ir ../../support/region_of_ikea.psql

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
