-- create_organization(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(10);

-- Shape

SELECT
    is(
        given.shape('identity.create_organization(text)'),
        'volatile definer, pgtill_operator',
        'only operators call it'
    );
SELECT
    is(
        pg_get_function_result('identity.create_organization(text)'::regprocedure),
        'TABLE(organization_id text, created_at timestamp with time zone)',
        'it answers id and time'
    );

-- Acting as an operator

SET LOCAL ROLE pgtill_operator;

SELECT
    results_eq(
        $$
        SELECT made.organization_id ~ '^org_[0-9a-f]{24}$', made.created_at = now()
        FROM identity.create_organization('  Corner shop ') AS made
        $$,
        $$ VALUES (TRUE, TRUE) $$,
        'the id outside is org_ and 24 lower hex digits'
    );
SELECT
    lives_ok(
        $$ SELECT identity.create_organization(repeat('x', 200)) $$,
        'a name may have 200 characters'
    );

-- Refusals

SELECT
    throws_ok(
        $$ SELECT identity.create_organization('Corner shop ') $$,
        'TL902', 'organization name is taken', 'a name is given once, spaces around it aside'
    );
SELECT
    throws_ok(
        $$ SELECT identity.create_organization(NULL) $$,
        '23502',
        'null value in column "name" of relation "organizations" violates not-null constraint',
        'no name is refused'
    );
SELECT
    throws_ok(
        format('SELECT identity.create_organization(%L)', refused.name),
        '23514',
        'new row for relation "organizations" violates check constraint "organizations_name_shape"',
        format('%s is refused', refused.label)
    )
FROM (
    VALUES
    ('  ', 'a blank name'),
    (repeat('x', 201), 'a name of 201 characters')
) AS refused (name, label);

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT identity.create_organization('another') $$,
        '42501',
        'permission denied for function create_organization',
        'the service makes no organizations'
    );

RESET ROLE;

-- State after

SELECT
    results_eq(
        $$ SELECT tenant.name FROM identity.organizations AS tenant WHERE tenant.name ~ '^(C| )' $$,
        $$ VALUES ('Corner shop') $$,
        'the name is stored trimmed, once'
    );

SELECT * FROM finish();
ROLLBACK;
