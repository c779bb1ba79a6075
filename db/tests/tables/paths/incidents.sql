-- incidents: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.incidents

SELECT plan(26);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS sue FROM identity.users AS person
WHERE person.public_id = given.user_id('sue') \gset
SELECT person.id AS sam FROM identity.users AS person
WHERE person.public_id = given.user_id('sam') \gset
SELECT given.organization_id('ikea') AS ikea \gset

INSERT INTO paths.wallet_versions (version_id, version_name, master_key_id)
VALUES (3, 'v3', 'hsm:3'), (4, 'v4', 'hsm:4'), (5, 'v5', 'hsm:5');

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', nth + 100,
        'public_id', 'inc_' || left(given.digest('incident ' || nth), 24),
        'wallet_version', nth,
        'successor_version', nth + 1,
        'reason', 'stolen',
        'reported_by', :sue,
        'reported_at', '2026-01-01T00:00:00Z',
        'steps', '[]'::jsonb
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('incidents_pk', '{"id": 101}'::jsonb, 'a new row'),
(
    'incidents_public_id_unique',
    jsonb_build_object('public_id', 'inc_' || left(given.digest('incident 1'), 24)),
    NULL
),
('incidents_public_id_shape', '{"public_id": "inc_1"}', NULL),
('incidents_wallet_unique', '{"wallet_version": 1}', NULL),
('incidents_wallet_fk', '{"wallet_version": 9}', NULL),
('incidents_successor_unique', '{"successor_version": 2, "wallet_version": 4}', NULL),
('incidents_successor_fk', '{"successor_version": 9}', NULL),
('incidents_successor_another', '{"wallet_version": 5, "successor_version": 5}', NULL),
('incidents_reason_length', '{"reason": ""}', NULL),
('incidents_reason_length', jsonb_build_object('reason', repeat('x', 1001)), NULL),
('incidents_reported_by_fk', '{"reported_by": 0}', NULL),
('incidents_steps_array', '{"steps": {}}', NULL);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
