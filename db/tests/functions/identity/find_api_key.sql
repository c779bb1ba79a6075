-- find_api_key(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(10);

-- Shape

SELECT
    is(
        given.shape('identity.find_api_key(text)'),
        'stable definer, pgtill_service',
        'only the service calls it'
    );
SELECT
    is(
        pg_get_function_result('identity.find_api_key(text)'::regprocedure),
        'TABLE(organization_id bigint, secret_hash text, scopes text[], user_id text)',
        'it answers whose key it is, the hash, the scopes and the user'
    );

-- Given a good key and a revoked one

SELECT given.shop() AS shop \gset

INSERT INTO identity.api_keys (key_id, organization_id, secret_hash, scopes, revoked_at)
SELECT
    made.key_id,
    :shop AS organization_id,
    '$2b$12$' || repeat('x', 53) AS secret_hash,
    '{assets:read}' AS scopes,
    made.revoked_at
FROM (VALUES ('aaaaaaaaaaaa', now()), ('bbbbbbbbbbbb', NULL)) AS made (key_id, revoked_at);

INSERT INTO identity.users (email) VALUES ('ada@example.org')
RETURNING id AS ada_id, public_id AS ada \gset

INSERT INTO identity.organization_members (organization_id, user_id, role)
VALUES (:shop, :ada_id, 'owner');

INSERT INTO identity.api_keys (key_id, organization_id, user_id, secret_hash, scopes)
VALUES ('dddddddddddd', :shop, :ada_id, '$2b$12$' || repeat('x', 53), '{assets:read}');

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$ SELECT found.* FROM identity.find_api_key('bbbbbbbbbbbb') AS found $$,
        format(
            $$
            VALUES (%s::bigint, '$2b$12$' || repeat('x', 53), '{assets:read}'::text[], NULL::text)
            $$,
            :shop
        ),
        'a good key is found, which is nobody''s'
    );
SELECT
    is(
        (SELECT found.user_id FROM identity.find_api_key('dddddddddddd') AS found),
        :'ada',
        'a key of somebody says whose'
    );
SELECT
    is_empty(
        format('SELECT found.* FROM identity.find_api_key(%L) AS found', missing.key_id),
        format('%s is not found', missing.label)
    )
FROM (
    VALUES
    ('aaaaaaaaaaaa', 'a revoked key'),
    ('cccccccccccc', 'an unknown key'),
    ('BBBBBBBBBBBB', 'a key in other letters'),
    (NULL, 'no key')
) AS missing (key_id, label);

-- Refusals

SELECT
    throws_ok(
        'SELECT api_key.secret_hash FROM identity.api_keys AS api_key',
        '42501', 'permission denied for table api_keys', 'the service reads no other way'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        'SELECT identity.find_api_key($k$bbbbbbbbbbbb$k$)',
        '42501', 'permission denied for function find_api_key', 'auditors see no hashes'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
