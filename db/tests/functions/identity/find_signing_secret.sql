-- find_signing_secret(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('identity.find_signing_secret(text)'),
        'stable definer, pgtill_service',
        'only the service calls it'
    );
SELECT
    is(
        pg_get_function_result('identity.find_signing_secret(text)'::regprocedure),
        'TABLE(organization_id bigint, sealed_secret bytea, scopes text[], user_id text)',
        'it answers whose key it is, the sealed secret, the scopes and the user'
    );

-- Given ann's key, which signs, a revoked one, which did, and one that never does

SELECT given.people() AS shop \gset

INSERT INTO identity.api_keys (key_id, organization_id, user_id, secret_hash, scopes, revoked_at)
SELECT
    made.key_id,
    :shop AS organization_id,
    person.id AS user_id,
    '$2b$12$' || repeat('x', 53) AS secret_hash,
    '{assets:read}' AS scopes,
    made.revoked_at
FROM (
    VALUES ('aaaaaaaaaaaa', now()), ('bbbbbbbbbbbb', NULL), ('cccccccccccc', NULL)
) AS made (key_id, revoked_at)
CROSS JOIN identity.users AS person
WHERE person.public_id = given.user_id('ann');

INSERT INTO identity.signing_secrets (key_id, sealed_secret)
SELECT
    made.key_id,
    decode(repeat('ab', 92), 'hex') AS sealed_secret
FROM (VALUES ('aaaaaaaaaaaa'), ('bbbbbbbbbbbb')) AS made (key_id);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$ SELECT found.* FROM identity.find_signing_secret('bbbbbbbbbbbb') AS found $$,
        format(
            $$
            VALUES (
                %s::bigint, decode(repeat('ab', 92), 'hex'), '{assets:read}'::text[], given.user_id('ann')
            )
            $$,
            :shop
        ),
        'a good key''s is found'
    );
SELECT
    is_empty(
        format('SELECT found.* FROM identity.find_signing_secret(%L) AS found', missing.key_id),
        format('%s is not found', missing.label)
    )
FROM (
    VALUES
    ('aaaaaaaaaaaa', 'a revoked key''s'),
    ('cccccccccccc', 'that of a key that does not sign'),
    ('dddddddddddd', 'an unknown key''s'),
    (NULL, 'no key''s')
) AS missing (key_id, label);

-- Refusals

SET LOCAL ROLE pgtill_operator;

SELECT
    throws_ok(
        'SELECT identity.find_signing_secret(NULL)',
        '42501', 'permission denied for function find_signing_secret', 'operators see none'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
