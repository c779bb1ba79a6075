-- products: what numbers mean, with the codes that goods have elsewhere.
\ir ../../support/begin.psql

SELECT plan(2);

SELECT count(given.makers()) AS makers \gset

INSERT INTO paths.manufacturer_path_schemas (
    wallet_version, manufacturer_index, path_level, level_name
)
VALUES (1, 2, 3, 'region'), (1, 3, 3, 'drink');
INSERT INTO paths.path_level_values (
    wallet_version, manufacturer_index, path_level, level_value, value_name, gs1_code, sku_reference
)
VALUES (1, 2, 3, 4, 'Europe', '414', 'EU'), (1, 3, 3, 7, 'Zero', NULL, 'CZ');

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT shown.* FROM paths.products AS shown',
        '42501',
        'permission denied for view products',
        'the service does not read it'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT
            shown.manufacturer_name, shown.level_name, shown.level_value, shown.value_name,
            shown.gs1_code, shown.sku_reference, shown.is_active
        FROM paths.products AS shown
        ORDER BY shown.manufacturer_index
        $$,
        $$
        VALUES
        ('IKEA', 'region', 4, 'Europe', '414', 'EU', TRUE),
        ('Coca-Cola', 'drink', 7, 'Zero', NULL, 'CZ', TRUE)
        $$,
        'every value with its level and its manufacturer'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
