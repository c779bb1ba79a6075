-- users: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table identity.users

SELECT plan(21);

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id',
        -nth,
        'email',
        format('user%s@example.org', nth),
        'public_id',
        'usr_' || repeat(nth::text, 24)
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('users_pk', '{"id": -1}'::jsonb, 'a new row'),
('users_public_id_unique', '{"public_id": "usr_111111111111111111111111"}', NULL),
('users_public_id_shape', '{"public_id": "org_111111111111111111111111"}', NULL),
('users_email_unique', '{"email": "user1@example.org"}', NULL),
('users_email_shape', '{"email": "example.org"}', NULL),
('users_email_shape', '{"email": "a@b@c"}', NULL),
('users_email_shape', '{"email": "a b@example.org"}', NULL),
('users_email_shape', jsonb_build_object('email', repeat('x', 243) || '@example.org'), NULL),
('users_email_lower_case', '{"email": "User@example.org"}', NULL);

\ir ../../support/refusals.psql

SELECT
    lives_ok(
        'INSERT INTO identity.users (email) VALUES (repeat(''x'', 242) || ''@example.org'')',
        'an address may have 254 characters'
    );

SELECT * FROM finish();
ROLLBACK;
