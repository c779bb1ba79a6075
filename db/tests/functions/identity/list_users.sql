-- list_users(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('identity.list_users(text)'),
        'stable definer, pgtill_operator',
        'only operators call it'
    );

-- Given two organizations with users

SELECT given.people() AS shop_id \gset

SELECT tenant.public_id AS other
FROM identity.organizations AS tenant
WHERE tenant.name = 'other' \gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        format('SELECT listed.* FROM identity.list_users(%L) AS listed', :'other'),
        $$
        VALUES
        (given.user_id('bob'), 'bob@example.org', 'member', now()),
        (given.user_id('eve'), 'eve@example.org', 'member', now())
        $$,
        'an organization''s own, by email'
    );
SELECT
    is_empty(
        format('SELECT listed.* FROM identity.list_users(%L) AS listed', asked.id), asked.label
    )
FROM (
    VALUES
    ('org_000000000000000000000000', 'an unknown organization has none'),
    (NULL, 'nor has nobody')
) AS asked (id, label);

-- Refusals

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT identity.list_users(NULL)',
        '42501',
        'permission denied for function list_users',
        'the service does not see who is there'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
