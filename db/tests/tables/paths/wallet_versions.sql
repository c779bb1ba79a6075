-- wallet_versions: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.wallet_versions

SELECT plan(47);

-- As a commit would judge.

SET CONSTRAINTS ALL IMMEDIATE;

-- Triggers come before every rule, and have tests of their own. The rules hold without them.

ALTER TABLE paths.wallet_versions DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'version_id', 10 + nth,
        'version_name', 'w' || nth,
        'master_key_id', 'hsm:' || nth,
        'description', 'for tests',
        'environment', (ARRAY['production', 'testing', 'development'])[nth],
        'security_level', (ARRAY['standard', 'high', 'experimental'])[nth],
        'status', 'active',
        'is_default', FALSE,
        'daily_allocation_limit', 100,
        'current_daily_allocations', nth,
        'last_reset_date', '2026-01-01',
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('wallet_versions_pk', '{"version_id": 11}'::jsonb, NULL),
('wallet_versions_version_id_range', '{"version_id": 0}', NULL),
('wallet_versions_name_unique', '{"version_name": "w1"}', NULL),
('wallet_versions_name_shape', '{"version_name": ""}', NULL),
('wallet_versions_name_shape', '{"version_name": "v 2"}', NULL),
('wallet_versions_name_shape', jsonb_build_object('version_name', repeat('x', 33)), NULL),
('wallet_versions_master_key_id_shape', '{"master_key_id": ""}', NULL),
(
    'wallet_versions_master_key_id_shape',
    jsonb_build_object('master_key_id', repeat('x', 101)),
    NULL
),
('wallet_versions_master_key_id_shape', '{"master_key_id": "a\nb"}', NULL),
('wallet_versions_description_length', '{"description": ""}', NULL),
('wallet_versions_description_length', jsonb_build_object('description', repeat('x', 1001)), NULL),
('wallet_versions_environment_known', '{"environment": "staging"}', NULL),
('wallet_versions_security_level_known', '{"security_level": "low"}', NULL),
('wallet_versions_status_known', '{"status": "lost"}', NULL),
('wallet_versions_default_unique', '{"is_default": true}', NULL),
('wallet_versions_default_is_active', '{"is_default": true, "status": "inactive"}', NULL),
('wallet_versions_daily_limit', '{"current_daily_allocations": 101}', NULL),
('wallet_versions_daily_limit', '{"current_daily_allocations": -1}', NULL),
('wallet_versions_daily_limit', '{"daily_allocation_limit": 1}', NULL),
('wallet_versions_retired_since', '{"status": "retired"}', NULL),
('wallet_versions_compromised_since', '{"status": "compromised"}', NULL);

\ir ../../support/refusals.psql

-- The default may move in either order: there is one when the commit looks.

SET CONSTRAINTS ALL DEFERRED;

SELECT
    lives_ok(
        $$
        INSERT INTO paths.wallet_versions (version_id, version_name, master_key_id, is_default)
        VALUES (21, 'w21', 'hsm:21', TRUE);
        UPDATE paths.wallet_versions SET is_default = FALSE
        WHERE is_default AND version_id <> 21;
        SET CONSTRAINTS ALL IMMEDIATE
        $$, 'wallet_versions_default_unique lets the new default come before the old one goes'
    );

SET CONSTRAINTS ALL DEFERRED;

SELECT
    throws_ok(
        $$
        INSERT INTO paths.wallet_versions (version_id, version_name, master_key_id, is_default)
        VALUES (22, 'w22', 'hsm:22', TRUE);
        SET CONSTRAINTS ALL IMMEDIATE
        $$,
        '23P01',
        'conflicting key value violates exclusion constraint "wallet_versions_default_unique"',
        'wallet_versions_default_unique refuses a second one at commit'
    );

SELECT * FROM finish();
ROLLBACK;
