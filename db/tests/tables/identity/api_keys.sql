-- api_keys: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table identity.api_keys

SELECT plan(35);

INSERT INTO identity.organizations (id, name) OVERRIDING SYSTEM VALUE
VALUES (-1, 'shop'), (-3, 'other shop');
INSERT INTO identity.users (id, email) OVERRIDING SYSTEM VALUE VALUES (-1, 'ada@example.org');
INSERT INTO identity.organization_members (organization_id, user_id, role) VALUES (-3, -1, 'owner');

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'key_id', repeat(nth::text, 10 * nth + 2),
        'organization_id', -1,
        'secret_hash', format('$2b$1%s$', nth + 1) || repeat('.', 53),
        'scopes', '["payment_requests:read", "payment_requests:write", "assets:read"]'::jsonb,
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('api_keys_pk', '{"key_id": "111111111111"}'::jsonb),
('api_keys_key_id_shape', '{"key_id": "11111111111"}'),
('api_keys_key_id_shape', '{"key_id": "Aaaaaaaaaaaa"}'),
('api_keys_key_id_shape', '{"key_id": "aaaaaaaaaaa_"}'),
('api_keys_key_id_shape', jsonb_build_object('key_id', repeat('a', 33))),
('api_keys_organization_fk', '{"organization_id": -2}'),
('api_keys_member_fk', '{"user_id": -1}'),
('api_keys_member_fk', '{"user_id": -2}'),
('api_keys_secret_hash_bcrypt', '{"secret_hash": "sk_test_the_secret_itself"}'),
('api_keys_secret_hash_bcrypt', jsonb_build_object('secret_hash', '$2b$09$' || repeat('.', 53))),
('api_keys_secret_hash_bcrypt', jsonb_build_object('secret_hash', '$2b$15$' || repeat('.', 53))),
('api_keys_secret_hash_bcrypt', jsonb_build_object('secret_hash', '$2b$12$' || repeat('.', 52))),
('api_keys_scopes_known', '{"scopes": ["assets:read", "everything"]}'),
('api_keys_scopes_known', '{"scopes": ["assets:read", null]}'),
('api_keys_scopes_not_empty', '{"scopes": []}'),
('api_keys_revoked_after_created', '{"revoked_at": "2025-12-31T23:59:59Z"}');

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
