-- allocators: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table paths.allocators

SELECT plan(9);

SELECT count(given.makers()) AS makers \gset

SELECT person.id AS ann FROM identity.users AS person
WHERE person.public_id = given.user_id('ann') \gset
SELECT person.id AS bob FROM identity.users AS person
WHERE person.public_id = given.user_id('bob') \gset
SELECT person.id AS cid FROM identity.users AS person
WHERE person.public_id = given.user_id('cid') \gset

-- Triggers come before every rule, and have tests of their own. The rules hold without them.

ALTER TABLE paths.allocators DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'wallet_version', 1,
        'manufacturer_index', 2,
        'user_id', CASE nth WHEN 1 THEN :ann WHEN 2 THEN :bob ELSE :cid END
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('allocators_pk', jsonb_build_object('user_id', :ann), NULL),
('allocators_manufacturer_fk', '{"manufacturer_index": 9}', NULL),
('allocators_user_fk', '{"user_id": 0}', NULL);

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
