-- manufacturer_lineage: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.manufacturer_lineage

SELECT plan(32);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS sue FROM identity.users AS person
WHERE person.public_id = given.user_id('sue') \gset
SELECT person.id AS sam FROM identity.users AS person
WHERE person.public_id = given.user_id('sam') \gset
SELECT given.organization_id('ikea') AS ikea \gset

INSERT INTO paths.wallet_versions (version_id, version_name, master_key_id) VALUES (
    3, 'v3', 'hsm:3'
);
INSERT INTO paths.manufacturer_registry (
    wallet_version, manufacturer_index, manufacturer_name, organization_id, registered_by
)
SELECT
    wallet,
    10 + nth AS manufacturer_index,
    'Maker ' || nth AS manufacturer_name,
    :ikea AS organization_id,
    :ann AS registered_by
FROM generate_series(1, 2) AS wallet
CROSS JOIN generate_series(1, 3) AS nth;
INSERT INTO paths.manufacturer_registry (
    wallet_version, manufacturer_index, manufacturer_name, organization_id, registered_by
)
VALUES (3, 14, 'Maker 1', :ikea, :ann);

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', nth + 100,
        'canonical_name', 'Maker ' || nth,
        'current_wallet_version', 2,
        'current_manufacturer_index', 10 + nth,
        'predecessor_wallet', 1,
        'predecessor_index', 10 + nth,
        'assignment_reason',
        (ARRAY['security_upgrade', 'key_compromise', 'organizational_change'])[nth],
        'assignment_date', '2026-01-01T00:00:00Z',
        'status', (ARRAY['active', 'completed', 'completed'])[nth],
        'completion_percentage', 100
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('manufacturer_lineage_pk', '{"id": 101}'::jsonb, 'a new row'),
(
    'manufacturer_lineage_place_unique',
    '{"current_manufacturer_index": 11, "canonical_name": "Maker 1", "predecessor_index": 11}',
    NULL
),
('manufacturer_lineage_current_fk', '{"current_manufacturer_index": 19}', NULL),
('manufacturer_lineage_current_fk', '{"canonical_name": "Maker 9"}', NULL),
('manufacturer_lineage_predecessor_fk', '{"predecessor_index": 11}', NULL),
('manufacturer_lineage_predecessor_fk', '{"predecessor_index": 19}', NULL),
('manufacturer_lineage_predecessor_whole', '{"predecessor_index": null}', NULL),
('manufacturer_lineage_predecessor_whole', '{"predecessor_wallet": null}', NULL),
('manufacturer_lineage_predecessor_another', '{"predecessor_wallet": 2}', NULL),
('manufacturer_lineage_reason_known', '{"assignment_reason": "whim"}', NULL),
('manufacturer_lineage_status_known', '{"status": "gone"}', NULL),
(
    'manufacturer_lineage_completion_range',
    '{"status": "in_progress", "completion_percentage": 101}',
    NULL
),
(
    'manufacturer_lineage_completion_range',
    '{"status": "in_progress", "completion_percentage": -1}',
    NULL
),
('manufacturer_lineage_whole_when_done', '{"completion_percentage": 99}', NULL),
(
    'manufacturer_lineage_current_unique',
    '{"canonical_name": "Maker 1", "current_manufacturer_index": 14,'
    ' "current_wallet_version": 3, "predecessor_index": 11, "status": "active"}',
    NULL
);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
