-- manufacturer_path_schemas: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.manufacturer_path_schemas

SELECT plan(27);

SELECT count(given.makers()) AS makers \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'wallet_version', 1,
        'manufacturer_index', 2,
        'path_level', 10 + nth,
        'level_name', 'level ' || nth,
        'level_description', 'what it is',
        'gs1_mapping', '01',
        'is_required', TRUE,
        'sort_order', nth,
        'created_at', '2026-01-01T00:00:00Z',
        'updated_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('manufacturer_path_schemas_pk', '{"path_level": 11}'::jsonb, NULL),
('manufacturer_path_schemas_manufacturer_fk', '{"manufacturer_index": 9}', NULL),
('manufacturer_path_schemas_manufacturer_fk', '{"wallet_version": 2}', NULL),
('manufacturer_path_schemas_path_level_range', '{"path_level": 2}', NULL),
('manufacturer_path_schemas_path_level_range', '{"path_level": 22}', NULL),
('manufacturer_path_schemas_path_level_range', '{"path_level": 1000}', NULL),
('manufacturer_path_schemas_level_name_shape', '{"level_name": ""}', NULL),
('manufacturer_path_schemas_level_name_shape', '{"level_name": "a "}', NULL),
(
    'manufacturer_path_schemas_level_name_shape',
    jsonb_build_object('level_name', repeat('x', 101)),
    NULL
),
(
    'manufacturer_path_schemas_level_description_length',
    jsonb_build_object('level_description', repeat('x', 1001)),
    NULL
),
('manufacturer_path_schemas_gs1_mapping_length', '{"gs1_mapping": ""}', NULL),
(
    'manufacturer_path_schemas_gs1_mapping_length',
    jsonb_build_object('gs1_mapping', repeat('x', 101)),
    NULL
);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
