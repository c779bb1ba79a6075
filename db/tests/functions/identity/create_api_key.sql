-- create_api_key(): the contract its COMMENT promises.
\ir ../../support/begin.psql
\set hash '$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'

SELECT plan(12);

-- Shape

SELECT
    is(
        given.shape('identity.create_api_key(text, text, text, text[])'),
        'volatile definer, pgtill_operator',
        'only operators call it'
    );
SELECT
    is(
        pg_get_function_result('identity.create_api_key(text, text, text, text[])'::regprocedure),
        'timestamp with time zone',
        'it answers since when the key is good'
    );

-- Given a shop

SELECT given.shop() AS shop_id \gset

SELECT tenant.public_id AS shop
FROM identity.organizations AS tenant
WHERE tenant.name = 'shop' \gset

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

-- Refusals

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
        $$ SELECT api_key.key_id, api_key.revoked_at FROM identity.api_keys AS api_key $$,
        $$ VALUES ('abcdef012345', NULL::timestamptz) $$,
        'one key is stored, and it is good'
    );

SELECT * FROM finish();
ROLLBACK;
