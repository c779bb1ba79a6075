-- super_admins: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.super_admins

SELECT plan(17);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS sue FROM identity.users AS person
WHERE person.public_id = given.user_id('sue') \gset
SELECT person.id AS sam FROM identity.users AS person
WHERE person.public_id = given.user_id('sam') \gset
SELECT given.organization_id('ikea') AS ikea \gset

SELECT person.id AS bob FROM identity.users AS person
WHERE person.public_id = given.user_id('bob') \gset
SELECT person.id AS cid FROM identity.users AS person
WHERE person.public_id = given.user_id('cid') \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'user_id', CASE nth WHEN 1 THEN :ann WHEN 2 THEN :bob ELSE :cid END,
        'granted_by', 'the board',
        'source_ref', 'minutes',
        'granted_at', '2026-01-01T00:00:00Z',
        'revoked_by', 'the board',
        'revoked_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('super_admins_pk', jsonb_build_object('user_id', :ann), NULL),
('super_admins_user_fk', '{"user_id": 0}', NULL),
('super_admins_granted_by_length', '{"granted_by": ""}', NULL),
('super_admins_source_ref_length', jsonb_build_object('source_ref', repeat('x', 201)), NULL),
('super_admins_revoked_by_length', '{"revoked_by": ""}', NULL),
('super_admins_revoked_whole', '{"revoked_by": null}', NULL),
('super_admins_revoked_whole', '{"revoked_at": null}', NULL);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
