-- transfers: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.transfers

SELECT plan(42);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS sue FROM identity.users AS person
WHERE person.public_id = given.user_id('sue') \gset
SELECT person.id AS sam FROM identity.users AS person
WHERE person.public_id = given.user_id('sam') \gset
SELECT given.organization_id('ikea') AS ikea \gset

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

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', nth + 100,
        'public_id', 'trf_' || left(given.digest('transfer ' || nth), 24),
        'scope', 'manufacturer',
        'source_wallet', 1,
        'source_index', 10 + nth,
        'target_wallet', 2,
        'target_index', 10 + nth,
        'target_status', (ARRAY['active', 'active', 'suspended'])[nth],
        'assignment_reason',
        (ARRAY['security_upgrade', 'key_compromise', 'organizational_change'])[nth],
        'status', 'transferring',
        'paths_total', 10,
        'paths_moved', nth,
        'resume_after', '2.1',
        'opened_by', :ann,
        'opened_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('transfers_pk', '{"id": 101}'::jsonb, 'a new row'),
(
    'transfers_public_id_unique',
    jsonb_build_object('public_id', 'trf_' || left(given.digest('transfer 1'), 24)),
    NULL
),
('transfers_public_id_shape', '{"public_id": "trf_1"}', NULL),
('transfers_scope_known', '{"scope": "wallet"}', NULL),
('transfers_source_fk', '{"source_index": 19}', NULL),
('transfers_target_fk', '{"target_index": 19}', NULL),
('transfers_target_status_known', '{"target_status": "retired"}', NULL),
('transfers_wallets_differ', '{"target_wallet": 1}', NULL),
('transfers_base_path_in_scope', '{"base_path": "2.1"}', NULL),
('transfers_base_path_in_scope', '{"scope": "path"}', NULL),
('transfers_reason_known', '{"assignment_reason": "initial_setup"}', NULL),
('transfers_status_known', '{"status": "open", "paths_moved": 10}', NULL),
('transfers_moved_range', '{"paths_moved": 11}', NULL),
('transfers_moved_range', '{"paths_moved": -1}', NULL),
(
    'transfers_done_when_all_moved',
    '{"status": "transferred", "completed_at": "2026-01-01T00:00:00Z"}',
    NULL
),
('transfers_completed_when_done', '{"completed_at": "2026-01-01T00:00:00Z"}', NULL),
('transfers_completed_when_done', '{"status": "transferred", "paths_moved": 10}', NULL),
('transfers_incident_fk', '{"incident_id": 0}', NULL),
('transfers_opened_by_fk', '{"opened_by": 0}', NULL),
('transfers_manufacturer_unique', '{"source_index": 11}', NULL);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
