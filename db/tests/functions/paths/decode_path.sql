-- decode_path(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('paths.decode_path(integer, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/region_of_ikea.psql

SELECT
    results_eq(
        $$
        SELECT told.path_level, told.component, told.level_name, told.value_name,
            told.gs1_code, told.sku_reference, told.is_known FROM paths.decode_path(1, '2.3.9')
            AS told
        $$,
        $$
        VALUES (1, 1::bigint, 'wallet', 'v1', NULL, NULL, TRUE), (2, 2, 'manufacturer',
            'IKEA', NULL, NULL, TRUE), (3, 3, 'region', 'Europe', '7300000000013', 'EU-1',
            TRUE), (4, 9, NULL, NULL, NULL, NULL, FALSE)
        $$,
        'level by level; what is unknown is said to be'
    );

SELECT
    results_eq(
        $$
        SELECT told.level_name, told.value_name, told.is_known FROM paths.decode_path(1,
            '2.4') AS told WHERE told.path_level = 3
        $$,
        $$
        VALUES ('region', NULL, FALSE)
        $$,
        'a known level with an unknown number'
    );

SELECT
    results_eq(
        $$
        SELECT told.value_name, told.is_known FROM paths.decode_path(1, '9.4') AS told
        $$,
        $$
        VALUES ('v1', TRUE), (NULL, FALSE), (NULL, FALSE)
        $$,
        'an unknown manufacturer'
    );

SELECT
    throws_ok(
        $$ SELECT paths.decode_path(1, '2.x') $$,
        'TL227',
        'not a path',
        'nonsense'
    );

SELECT
    throws_ok(
        $$ SELECT paths.decode_path(9, '2.3') $$,
        'TL204',
        'wallet version does not exist',
        'no such wallet'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
