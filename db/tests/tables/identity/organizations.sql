-- organizations: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table identity.organizations

SELECT plan(24);

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', -nth, 'name', 'shop ' || nth, 'public_id', 'org_' || repeat(nth::text, 24)
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('organizations_pk', '{"id": -1}'::jsonb, 'a new row'),
('organizations_public_id_unique', '{"public_id": "org_111111111111111111111111"}', NULL),
('organizations_public_id_shape', '{"public_id": "org_1"}', NULL),
('organizations_public_id_shape', '{"public_id": "usr_111111111111111111111111"}', NULL),
('organizations_name_unique', '{"name": "shop 1"}', NULL),
('organizations_name_shape', '{"name": ""}', NULL),
('organizations_name_shape', '{"name": " shop"}', NULL),
('organizations_name_shape', jsonb_build_object('name', E'two\nlines'), NULL),
('organizations_name_shape', jsonb_build_object('name', E'a\x7fb'), NULL),
('organizations_name_shape', jsonb_build_object('name', repeat('x', 201)), NULL);

\ir ../../support/refusals.psql

SELECT
    throws_ok(
        'INSERT INTO identity.organizations (id, name) VALUES (1, ''x'')',
        '428C9', 'cannot insert a non-DEFAULT value into column "id"', 'nobody chooses an id'
    );
SELECT
    throws_ok(
        'UPDATE identity.organizations SET id = 1',
        '428C9', 'column "id" can only be updated to DEFAULT', 'or changes one'
    );

SELECT * FROM finish();
ROLLBACK;
