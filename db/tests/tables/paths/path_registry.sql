-- path_registry: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.path_registry

SELECT plan(49);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS sue FROM identity.users AS person
WHERE person.public_id = given.user_id('sue') \gset
SELECT person.id AS sam FROM identity.users AS person
WHERE person.public_id = given.user_id('sam') \gset
SELECT given.organization_id('ikea') AS ikea \gset

-- Nodes for the three, one of no manufacturer, and a path that has moved from 3.1 to wallet 2.

INSERT INTO paths.path_nodes (wallet_version, base_path, parent_path, component, kind)
VALUES
(1, '2.1', '2', 1, 'allocated'),
(1, '2.2', '2', 2, 'allocated'),
(1, '2.3', '2', 3, 'allocated'),
(1, '3.1', '3', 1, 'allocated'),
(1, '9', NULL, 9, 'branch'),
(1, '9.1', '9', 1, 'allocated'),
(2, '3', NULL, 3, 'branch'),
(2, '3.1', '3', 1, 'allocated');
INSERT INTO paths.manufacturer_registry (
    wallet_version, manufacturer_index, manufacturer_name, organization_id, registered_by
)
VALUES (2, 3, 'Coca-Cola', :ikea, :ann);
INSERT INTO paths.allocators (wallet_version, manufacturer_index, user_id)
VALUES (1, 2, :ann), (1, 3, :ann), (2, 3, :ann);
INSERT INTO paths.path_registry (wallet_version, base_path, quantity, allocated_by)
VALUES (2, '3.1', 1, :ann);
INSERT INTO paths.path_registry (
    wallet_version, base_path, quantity, allocated_by, status,
    transferred_to_wallet, transferred_to_path, transferred_at
)
VALUES (1, '3.1', 1, :ann, 'transferred', 2, '3.1', now());

-- Triggers come before every rule, and have tests of their own. The rules hold without them.

ALTER TABLE paths.path_registry DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'wallet_version', 1,
        'base_path', '2.' || nth,
        'allocation_type', (ARRAY['production', 'test', 'reserved'])[nth],
        'quantity', 10 * nth,
        'allocated_range_start', nth,
        'purpose', 'shelves',
        'status', 'active',
        'allocated_by', :ann,
        'allocated_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('path_registry_pk', '{"base_path": "2.1"}'::jsonb, NULL),
('path_registry_node_fk', '{"base_path": "2.8"}', NULL),
('path_registry_node_fk', '{"base_path": "2"}', NULL),
('path_registry_node_fk', '{"wallet_version": 2}', NULL),
('path_registry_allocator_fk', '{"base_path": "9.1"}', NULL),
('path_registry_allocation_type_known', '{"allocation_type": "gift"}', NULL),
('path_registry_quantity_range', '{"quantity": 0}', NULL),
('path_registry_range_start_range', '{"allocated_range_start": 0}', NULL),
('path_registry_range_end_range', '{"allocated_range_start": 2147483647}', NULL),
('path_registry_range_end_range', '{"quantity": 2147483647}', NULL),
('path_registry_purpose_length', '{"purpose": ""}', NULL),
('path_registry_purpose_length', jsonb_build_object('purpose', repeat('x', 1001)), NULL),
('path_registry_status_known', '{"status": "migrated"}', NULL),
('path_registry_allocator_fk', '{"allocated_by": 0}', NULL),
('path_registry_exhausted_since', '{"status": "exhausted"}', NULL),
('path_registry_retired_since', '{"status": "retired"}', NULL),
('path_registry_retired_since', '{"retired_at": "2026-01-01T00:00:00Z"}', NULL),
('path_registry_transferred_since', '{"status": "transferred"}', NULL),
(
    'path_registry_transferred_since',
    '{"status": "transferred", "transferred_to_wallet": 2,'
    ' "transferred_at": "2026-01-01T00:00:00Z"}',
    NULL
),
('path_registry_transferred_since', '{"transferred_to_wallet": 2}', NULL),
(
    'path_registry_transferred_to_fk',
    '{"status": "transferred", "transferred_to_wallet": 2, "transferred_to_path": "2.9",'
    ' "transferred_at": "2026-01-01T00:00:00Z"}',
    NULL
),
(
    'path_registry_transferred_to_unique',
    '{"status": "transferred", "transferred_to_wallet": 2, "transferred_to_path": "3.1",'
    ' "transferred_at": "2026-01-01T00:00:00Z"}',
    NULL
),
(
    'path_registry_transferred_to_another',
    '{"status": "transferred", "transferred_to_wallet": 1, "transferred_to_path": "2.1",'
    ' "transferred_at": "2026-01-01T00:00:00Z"}',
    NULL
);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
