-- signing_secrets: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table identity.signing_secrets

SELECT plan(11);

INSERT INTO identity.organizations (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'shop');
INSERT INTO identity.api_keys (key_id, organization_id, secret_hash, scopes)
SELECT
    repeat(nth::text, 12) AS key_id,
    -1 AS organization_id,
    '$2b$12$' || repeat('x', 53) AS secret_hash,
    '{assets:read}' AS scopes
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'key_id', repeat(nth::text, 12),
        'sealed_secret', '\x' || repeat('ab', 92),
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('signing_secrets_pk', '{"key_id": "111111111111"}'::jsonb),
('signing_secrets_api_key_fk', '{"key_id": "999999999999"}'),
(
    'signing_secrets_sealed_secret_length',
    jsonb_build_object('sealed_secret', '\x' || repeat('ab', 64))
),
('signing_secrets_sealed_secret_length', '{"sealed_secret": "\\x"}');

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
