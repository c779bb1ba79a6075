-- require_member(): who may act for an organization.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.require_member(bigint, text)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.require_member(given.organization_id('ikea'), given.user_id('ann')) IS
            NOT NULL, paths.require_member(given.organization_id('coke'), given.user_id('cid'))
            IS NOT NULL
        $$,
        $$
        VALUES (TRUE, TRUE)
        $$,
        'owners and admins'
    );

SELECT
    throws_ok(
        $$ SELECT paths.require_member(given.organization_id('ikea'), given.user_id('bob')) $$,
        'TL206',
        'user may not act for the organization',
        'no members'
    );

SELECT
    throws_ok(
        $$ SELECT paths.require_member(given.organization_id('coke'), given.user_id('ann')) $$,
        'TL206',
        'user may not act for the organization',
        'nor others'
    );

SELECT
    throws_ok(
        $$ SELECT paths.require_member(NULL, NULL) $$,
        'TL206',
        'user may not act for the organization',
        'nor nobody'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
