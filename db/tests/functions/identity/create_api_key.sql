-- create_api_key(): the contract its COMMENT promises.
\ir ../../support/begin.psql
\set hash '$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'

SELECT plan(15);

-- Shape

SELECT
    is(
        given.shape('identity.create_api_key(text, text, text, text[], text)'),
        'volatile definer, pgtill_operator',
        'only operators call it'
    );
SELECT
    is(
        pg_get_function_result(
            'identity.create_api_key(text, text, text, text[], text)'::regprocedure
        ),
        'timestamp with time zone',
        'it answers since when the key is good'
    );

-- Given a shop, and a member of it and one of another

SELECT given.shop() AS shop_id \gset

SELECT tenant.public_id AS shop
FROM identity.organizations AS tenant
WHERE tenant.name = 'shop' \gset

INSERT INTO identity.organizations (name) VALUES ('other shop') RETURNING id AS other_id \gset
INSERT INTO identity.users (email) VALUES ('ada@example.org')
RETURNING id AS ada_id, public_id AS ada \gset
INSERT INTO identity.users (email) VALUES ('eve@example.org')
RETURNING id AS eve_id, public_id AS eve \gset
INSERT INTO identity.organization_members (organization_id, user_id, role)
VALUES (:shop_id, :ada_id, 'member'), (:other_id, :eve_id, 'owner');

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    is(
        identity.create_api_key(
            organization_id => :'shop',
            key_id => 'abcdef012345',
            secret_hash => :'hash',
            scopes => ARRAY['payment_requests:read', 'payment_requests:write', 'assets:read']
        ),
        now(),
        'a key is stored, good from now on'
    );

SELECT
    is(
        identity.create_api_key(
            organization_id => :'shop',
            key_id => 'adaadaadaada',
            secret_hash => :'hash',
            scopes => ARRAY['paths:read', 'paths:write', 'paths:admin'],
            user_id => :'ada'
        ),
        now(),
        'a key may be somebody''s'
    );

-- Refusals

SELECT
    throws_ok(
        format(
            'SELECT identity.create_api_key(%L, %L, %L, %L, %L)',
            :'shop', 'cccccccccccc', :'hash', '{assets:read}', refused.user_id
        ),
        'TL904', 'user does not exist', refused.description
    )
FROM (
    VALUES
    ('usr_000000000000000000000000', 'an unknown user has no key'),
    (:'eve', 'nor has a member of another organization')
) AS refused (user_id, description);

SELECT
    throws_ok(
        format(
            'SELECT identity.create_api_key(%L, %L, %L, %L)',
            refused.organization_id, refused.key_id, refused.secret_hash, refused.scopes
        ),
        refused.code,
        refused.message,
        refused.description
    )
FROM (
    VALUES
    (
        'org_000000000000000000000000', 'bbbbbbbbbbbb', :'hash', '{assets:read}',
        'TL901', 'organization does not exist', 'an unknown organization is refused'
    ),
    (
        NULL, 'bbbbbbbbbbbb', :'hash', '{assets:read}',
        'TL901', 'organization does not exist', 'no organization is refused'
    ),
    (
        :'shop', 'abcdef012345', :'hash', '{assets:read}',
        '23505',
        'duplicate key value violates unique constraint "api_keys_pk"',
        'a key id is given once'
    ),
    (
        :'shop', NULL, :'hash', '{assets:read}',
        '23502',
        'null value in column "key_id" of relation "api_keys" violates not-null constraint',
        'no key id is refused'
    ),
    (
        :'shop', 'Bbbbbbbbbbbb', :'hash', '{assets:read}',
        '23514',
        'new row for relation "api_keys" violates check constraint "api_keys_key_id_shape"',
        'a key id in capitals is refused'
    ),
    (
        :'shop', 'bbbbbbbbbbbb', 'the secret itself', '{assets:read}',
        '23514',
        'new row for relation "api_keys" violates check constraint "api_keys_secret_hash_bcrypt"',
        'what is no bcrypt hash is refused'
    ),
    (
        :'shop', 'bbbbbbbbbbbb', :'hash', '{assets:read,everything}',
        '23514',
        'new row for relation "api_keys" violates check constraint "api_keys_scopes_known"',
        'an unknown scope is refused'
    ),
    (
        :'shop', 'bbbbbbbbbbbb', :'hash', '{}',
        '23514',
        'new row for relation "api_keys" violates check constraint "api_keys_scopes_not_empty"',
        'a key without a scope is refused'
    )
) AS refused (organization_id, key_id, secret_hash, scopes, code, message, description);

RESET ROLE;

-- State after

SELECT
    results_eq(
        $$
        SELECT api_key.key_id, api_key.revoked_at, person.email
        FROM identity.api_keys AS api_key
        LEFT JOIN identity.users AS person ON person.id = api_key.user_id
        ORDER BY api_key.key_id
        $$,
        $$
        VALUES
        ('abcdef012345', NULL::timestamptz, NULL),
        ('adaadaadaada', NULL, 'ada@example.org')
        $$,
        'two keys are stored, and they are good'
    );

SELECT * FROM finish();
ROLLBACK;
