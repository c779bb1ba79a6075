-- path_level_values: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.path_level_values

SELECT plan(27);

SELECT count(given.makers()) AS makers \gset

INSERT INTO paths.manufacturer_path_schemas (
    wallet_version, manufacturer_index, path_level, level_name
)
VALUES (1, 2, 3, 'region');

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'wallet_version', 1,
        'manufacturer_index', 2,
        'path_level', 3,
        'level_value', nth,
        'value_name', 'value ' || nth,
        'value_description', 'what it is',
        'gs1_code', '0' || nth,
        'sku_reference', 'sku ' || nth,
        'is_active', TRUE,
        'created_at', '2026-01-01T00:00:00Z',
        'updated_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('path_level_values_pk', '{"level_value": 1}'::jsonb, NULL),
('path_level_values_schema_fk', '{"path_level": 4}', NULL),
('path_level_values_schema_fk', '{"manufacturer_index": 3}', NULL),
('path_level_values_level_value_range', '{"level_value": -1}', NULL),
('path_level_values_value_name_shape', '{"value_name": ""}', NULL),
('path_level_values_value_name_shape', '{"value_name": " a"}', NULL),
('path_level_values_value_name_shape', jsonb_build_object('value_name', repeat('x', 101)), NULL),
(
    'path_level_values_value_description_length',
    jsonb_build_object('value_description', repeat('x', 1001)),
    NULL
),
('path_level_values_gs1_code_length', '{"gs1_code": ""}', NULL),
('path_level_values_gs1_code_length', jsonb_build_object('gs1_code', repeat('x', 51)), NULL),
('path_level_values_sku_reference_length', '{"sku_reference": ""}', NULL),
(
    'path_level_values_sku_reference_length',
    jsonb_build_object('sku_reference', repeat('x', 101)),
    NULL
);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
