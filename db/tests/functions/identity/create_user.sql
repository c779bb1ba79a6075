-- create_user(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(13);

-- Shape

SELECT
    is(
        given.shape('identity.create_user(text, text, text)'),
        'volatile definer, pgtill_operator',
        'only operators call it'
    );

-- Given two organizations with users

SELECT given.people() AS shop_id \gset

SELECT tenant.public_id AS shop
FROM identity.organizations AS tenant
WHERE tenant.name = 'shop' \gset

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT matches(made.user_id, '^usr_[0-9a-f]{24}$', 'a person becomes a user')
FROM identity.create_user(:'shop', ' Carol@Example.org', 'owner') AS made;
SELECT
    results_eq(
        format(
            'SELECT made.* FROM identity.create_user(%L, ''eve@example.org'', ''admin'') AS made',
            :'shop'
        ),
        'SELECT given.user_id(''eve''), now()',
        'who is a user already keeps the id'
    );

-- Refusals

SELECT
    throws_ok(
        format(
            'SELECT identity.create_user(%L, %L, %L)',
            refused.organization,
            refused.email,
            refused.role
        ),
        refused.code,
        refused.message,
        refused.label
    )
FROM (
    VALUES
    (
        'org_000000000000000000000000', 'x@example.org', 'member',
        'TL901', 'organization does not exist', 'an unknown organization is refused'
    ),
    (
        NULL, 'x@example.org', 'member',
        'TL901', 'organization does not exist', 'no organization is refused'
    ),
    (
        :'shop', 'ANN@example.org', 'owner',
        'TL905', 'user is a member already', 'a member is refused, and keeps the role'
    ),
    (
        :'shop', NULL, 'member',
        '23502', 'null value in column "email" of relation "users" violates not-null constraint',
        'no email is refused'
    ),
    (
        :'shop', 'nonsense', 'member',
        '23514', 'new row for relation "users" violates check constraint "users_email_shape"',
        'what is no email is refused'
    ),
    (
        :'shop', 'x@example.org', NULL,
        '23502',
        'null value in column "role" of relation "organization_members" violates not-null'
        ' constraint',
        'no role is refused'
    ),
    (
        :'shop', 'x@example.org', 'king',
        '23514',
        'new row for relation "organization_members" violates check constraint'
        ' "organization_members_role_known"',
        'an unknown role is refused'
    )
) AS refused (organization, email, role, code, message, label);

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT identity.create_user(NULL, NULL, NULL)',
        '42501', 'permission denied for function create_user', 'the service makes no users'
    );

RESET ROLE;

-- State after

SELECT
    results_eq(
        format('SELECT listed.email, listed.role FROM identity.list_users(%L) AS listed', :'shop'),
        $$
        VALUES
        ('ann@example.org', 'member'), ('bob@example.org', 'member'),
        ('carol@example.org', 'owner'), ('eve@example.org', 'admin')
        $$,
        'two came to be members'
    );
SELECT is(count(*), 4::bigint, 'and nobody else a user') FROM identity.users;

SELECT * FROM finish();
ROLLBACK;
