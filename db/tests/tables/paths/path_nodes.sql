-- path_nodes: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.path_nodes

SELECT plan(28);

SELECT count(given.makers()) AS makers \gset

-- Triggers come before every rule, and have tests of their own. The rules hold without them.

ALTER TABLE paths.path_nodes DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'wallet_version', 1,
        'base_path', '2.' || nth,
        'parent_path', '2',
        'component', nth,
        'kind', (ARRAY['branch', 'allocated', 'allocated'])[nth]
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('path_nodes_pk', '{"base_path": "2.1", "component": 1, "kind": "branch"}'::jsonb, NULL),
('path_nodes_place_unique', '{"base_path": "2.1", "component": 1}', NULL),
('path_nodes_kind_known', '{"kind": "leaf"}', NULL),
('path_nodes_path_is_concatenation', '{"base_path": "2.9"}', NULL),
('path_nodes_path_is_concatenation', '{"component": 9}', NULL),
('path_nodes_path_is_concatenation', '{"base_path": "2.02", "component": 2}', NULL),
('path_nodes_path_is_concatenation', '{"parent_path": "2.1"}', NULL),
(
    'path_nodes_parent_fk',
    '{"base_path": "2.2.1", "parent_path": "2.2", "component": 1}',
    'a new row'
),
('path_nodes_parent_fk', '{"base_path": "2.9.1", "parent_path": "2.9", "component": 1}', NULL),
('path_nodes_parent_fk', '{"wallet_version": 2}', NULL),
('path_nodes_component_range', '{"base_path": "2.-1", "component": -1}', NULL),
('path_nodes_root_is_branch', '{"base_path": "9", "parent_path": null, "component": 9}', NULL),
(
    'path_nodes_path_length',
    jsonb_build_object(
        'parent_path', repeat('1', 218), 'base_path', repeat('1', 218) || '.1', 'component', 1
    ),
    NULL
);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
