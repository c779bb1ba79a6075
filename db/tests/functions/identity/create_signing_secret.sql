-- create_signing_secret(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(10);

-- Shape

SELECT
    is(
        given.shape('identity.create_signing_secret(text, bytea)'),
        'volatile definer, pgtill_operator',
        'only operators call it'
    );

-- Given a good key and a revoked one

SELECT given.people() AS shop \gset

INSERT INTO identity.api_keys (key_id, organization_id, secret_hash, scopes, revoked_at)
SELECT
    made.key_id,
    :shop AS organization_id,
    '$2b$12$' || repeat('x', 53) AS secret_hash,
    '{assets:read}' AS scopes,
    made.revoked_at
FROM
    (VALUES ('aaaaaaaaaaaa', now()), ('bbbbbbbbbbbb', NULL), ('cccccccccccc', NULL))
        AS made (key_id, revoked_at);

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    is(
        identity.create_signing_secret('bbbbbbbbbbbb', decode(repeat('ab', 92), 'hex')),
        now(),
        'it is stored, good from now on'
    );

-- Refusals

SELECT
    throws_ok(
        format('SELECT identity.create_signing_secret(%L, %L)', refused.key_id, refused.sealed),
        refused.code,
        refused.message,
        refused.label
    )
FROM (
    VALUES
    (
        'dddddddddddd', '\x' || repeat('ab', 92), 'TL903', 'API key does not exist',
        'an unknown key is refused'
    ),
    (
        'aaaaaaaaaaaa', '\x' || repeat('ab', 92), 'TL903', 'API key does not exist',
        'a revoked key is refused'
    ),
    (NULL, '\x' || repeat('ab', 92), 'TL903', 'API key does not exist', 'no key is refused'),
    (
        'bbbbbbbbbbbb', '\x' || repeat('cd', 92), '23505',
        'duplicate key value violates unique constraint "signing_secrets_pk"',
        'a second one is refused'
    ),
    (
        'cccccccccccc', NULL, '23502',
        'null value in column "sealed_secret" of relation "signing_secrets" violates not-null'
        ' constraint',
        'none is refused'
    ),
    (
        'cccccccccccc', '\x' || repeat('ab', 64), '23514',
        'new row for relation "signing_secrets" violates check constraint'
        ' "signing_secrets_sealed_secret_length"',
        'one that is not sealed is refused'
    )
) AS refused (key_id, sealed, code, message, label);

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT identity.create_signing_secret(NULL, NULL)',
        '42501', 'permission denied for function create_signing_secret', 'the service makes none'
    );

RESET ROLE;

-- State after

SELECT is(array_agg(secret.key_id), ARRAY['bbbbbbbbbbbb'], 'one is stored')
FROM identity.signing_secrets AS secret;

SELECT * FROM finish();
ROLLBACK;
