-- revoke_super_admin(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('paths.revoke_super_admin(text, text)'),
        'volatile definer, pgtill_operator',
        'callable by operator only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_operator;


SELECT
    lives_ok(
        $$ SELECT paths.revoke_super_admin(given.user_id('sue'), 'the board') $$, 'rights end'
    );

SELECT
    throws_ok(
        $$ SELECT paths.revoke_super_admin(given.user_id('sue'), 'the board') $$,
        'TL207',
        'user is not a super-admin',
        'once'
    );

SELECT
    throws_ok(
        $$ SELECT paths.revoke_super_admin(given.user_id('ann'), 'the board') $$,
        'TL207',
        'user is not a super-admin',
        'of who has them'
    );

SET LOCAL ROLE pgtill_service;


SELECT
    throws_ok(
        $$
        SELECT paths.propose(given.organization_id('ikea'), given.user_id('sue'), 'q',
            given.digest('q'), 'set_default_wallet', '{"version_id": 2}')
        $$,
        'TL207',
        'user is not a super-admin',
        'at once'
    );

SET LOCAL ROLE pgtill_operator;


SELECT
    lives_ok(
        $$ SELECT paths.grant_super_admin(given.user_id('sue'), 'the board', 'minutes 3') $$,
        'and may be given again'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
