-- list_organizations(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('identity.list_organizations()'),
        'stable definer, pgtill_operator',
        'only operators call it'
    );

-- Given two organizations, one with two good keys and a revoked one

SELECT given.shop() AS shop \gset

INSERT INTO identity.api_keys (key_id, organization_id, secret_hash, scopes, revoked_at)
SELECT
    made.key_id,
    :shop AS organization_id,
    '$2b$12$' || repeat('x', 53) AS secret_hash,
    '{assets:read}' AS scopes,
    made.revoked_at
FROM (
    VALUES
    ('aaaaaaaaaaaa', now()),
    ('bbbbbbbbbbbb', NULL),
    ('cccccccccccc', NULL)
) AS made (key_id, revoked_at);

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        $$
        SELECT
            listed.organization_id ~ '^org_[0-9a-f]{24}$', listed.name, listed.good_key_count,
            listed.created_at = now()
        FROM identity.list_organizations() AS listed
        $$,
        $$ VALUES (TRUE, 'other', 0::bigint, TRUE), (TRUE, 'shop', 2, TRUE) $$,
        'by name, with the number of keys that are good'
    );

-- Refusals

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT identity.list_organizations()',
        '42501',
        'permission denied for function list_organizations',
        'the service does not see who is there'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
