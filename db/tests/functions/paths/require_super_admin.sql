-- require_super_admin(): who is a super-admin.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.require_super_admin(text)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.require_super_admin(given.user_id('sue')) IS NOT NULL
        $$,
        $$
        VALUES (TRUE)
        $$,
        'who is one'
    );

SELECT
    throws_ok(
        $$ SELECT paths.require_super_admin(given.user_id('ann')) $$,
        'TL207',
        'user is not a super-admin',
        'nobody else'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
