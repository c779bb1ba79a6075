-- proposals: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.proposals

SELECT plan(28);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS sue FROM identity.users AS person
WHERE person.public_id = given.user_id('sue') \gset
SELECT person.id AS sam FROM identity.users AS person
WHERE person.public_id = given.user_id('sam') \gset
SELECT given.organization_id('ikea') AS ikea \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', nth + 100,
        'public_id', 'prp_' || left(given.digest('proposal ' || nth), 24),
        'action', (ARRAY['create_wallet_version', 'set_default_wallet', 'set_wallet_status'])[nth],
        'arguments', '{}'::jsonb,
        'status', 'approved',
        'proposed_by', :sue,
        'proposed_at', '2026-01-01T00:00:00Z',
        'decided_by', :sam,
        'decided_at', '2026-01-01T00:00:00Z',
        'result', '{}'::jsonb
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('proposals_pk', '{"id": 101}'::jsonb, 'a new row'),
(
    'proposals_public_id_unique',
    jsonb_build_object('public_id', 'prp_' || left(given.digest('proposal 1'), 24)),
    NULL
),
('proposals_public_id_shape', '{"public_id": "prp_1"}', NULL),
('proposals_action_known', '{"action": "drop"}', NULL),
('proposals_arguments_object', '{"arguments": []}', NULL),
('proposals_status_known', '{"status": "open", "result": null}', NULL),
('proposals_proposed_by_fk', '{"proposed_by": 0}', NULL),
('proposals_decided_by_fk', '{"decided_by": 0}', NULL),
('proposals_approved_by_another', jsonb_build_object('decided_by', :sue), NULL),
('proposals_decided_whole', '{"decided_at": null}', NULL),
('proposals_decided_whole', '{"status": "proposed", "result": null}', NULL),
('proposals_result_when_approved', '{"result": null}', NULL),
('proposals_result_when_approved', '{"status": "rejected"}', NULL);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
