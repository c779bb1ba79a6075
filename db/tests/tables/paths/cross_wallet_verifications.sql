-- cross_wallet_verifications: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.cross_wallet_verifications

SELECT plan(12);

SELECT count(given.makers()) AS makers \gset

-- Triggers come before every rule, and have tests of their own. The rules hold without them.

ALTER TABLE paths.cross_wallet_verifications DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', nth + 100,
        'source_wallet', 1,
        'target_wallet', 2,
        'base_path', '2.' || nth,
        'verification_result', TRUE,
        'verified_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('cross_wallet_verifications_pk', '{"id": 101}'::jsonb, 'a new row'),
('cross_wallet_verifications_source_fk', '{"source_wallet": 9}', NULL),
('cross_wallet_verifications_target_fk', '{"target_wallet": 9}', NULL),
('cross_wallet_verifications_base_path_length', '{"base_path": ""}', NULL),
(
    'cross_wallet_verifications_base_path_length',
    jsonb_build_object('base_path', repeat('x', 220)),
    NULL
);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
