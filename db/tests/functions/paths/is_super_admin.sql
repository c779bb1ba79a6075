-- is_super_admin(): who sees everything.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.is_super_admin(text)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA and Coca-Cola in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT
            paths.is_super_admin(given.user_id('sue')), paths.is_super_admin(given.user_id('ann')),
            paths.is_super_admin('x'), paths.is_super_admin(NULL)
        $$,
        $$ VALUES (TRUE, FALSE, FALSE, FALSE) $$,
        'sue is one; an owner, somebody unknown and nobody are none'
    );

UPDATE paths.super_admins SET revoked_at = now(), revoked_by = 'the board';

SELECT
    results_eq(
        $$ SELECT paths.is_super_admin(given.user_id('sue')) $$,
        $$ VALUES (FALSE) $$,
        'until it is revoked'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
