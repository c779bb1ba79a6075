-- revoke_api_key(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('identity.revoke_api_key(text)'),
        'volatile definer, pgtill_operator',
        'only operators call it'
    );
SELECT
    is(
        pg_get_function_result('identity.revoke_api_key(text)'::regprocedure),
        'timestamp with time zone',
        'it answers since when the key is worthless'
    );

-- Given a key that was revoked long ago and one that is good

SELECT given.shop() AS shop \gset

INSERT INTO identity.api_keys (key_id, organization_id, secret_hash, scopes, created_at, revoked_at)
SELECT
    made.key_id,
    :shop AS organization_id,
    '$2b$12$' || repeat('x', 53) AS secret_hash,
    '{assets:read}' AS scopes,
    '2026-01-01 00:00Z' AS created_at,
    made.revoked_at
FROM (
    VALUES ('aaaaaaaaaaaa', '2026-01-02 00:00Z'::timestamptz), ('bbbbbbbbbbbb', NULL)
) AS made (key_id, revoked_at);

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    ok(
        identity.revoke_api_key('bbbbbbbbbbbb') BETWEEN now() AND clock_timestamp(),
        'a key is revoked from this moment on'
    );
SELECT
    is(
        identity.revoke_api_key('aaaaaaaaaaaa'),
        '2026-01-02 00:00Z'::timestamptz,
        'a key that was revoked stays so since then'
    );

-- Refusals

SELECT
    throws_ok(
        'SELECT identity.revoke_api_key($k$cccccccccccc$k$)',
        'TL903', 'API key does not exist', 'an unknown key is refused'
    );
SELECT
    throws_ok(
        'SELECT identity.revoke_api_key(NULL)',
        'TL903',
        'API key does not exist',
        'no key is refused'
    );

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT identity.revoke_api_key($k$bbbbbbbbbbbb$k$)',
        '42501', 'permission denied for function revoke_api_key', 'the service revokes no keys'
    );

RESET ROLE;

-- State after

SELECT
    is_empty(
        $$
        SELECT api_key.key_id
        FROM identity.api_keys AS api_key
        WHERE api_key.revoked_at IS NULL
        $$,
        'no key is good any more'
    );

SELECT * FROM finish();
ROLLBACK;
