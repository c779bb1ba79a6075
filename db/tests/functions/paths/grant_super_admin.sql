-- grant_super_admin(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('paths.grant_super_admin(text, text, text)'),
        'volatile definer, pgtill_operator',
        'callable by operator only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_operator;


SELECT
    lives_ok(
        $$ SELECT paths.grant_super_admin(given.user_id('ann'), 'the board', 'minutes 2') $$,
        'a user becomes one'
    );

SELECT
    throws_ok(
        $$ SELECT paths.grant_super_admin('usr_x', 'the board', 'minutes 2') $$,
        'TL904',
        'user does not exist',
        'no such user'
    );

SELECT
    throws_ok(
        $$ SELECT paths.grant_super_admin(given.user_id('ann'), '', 'minutes 2') $$,
        '23514',
        'new row for relation "super_admins" violates check constraint'
        ' "super_admins_granted_by_length"',
        'somebody decides'
    );

RESET ROLE;


SELECT
    results_eq(
        $$
        SELECT operation.operation, operation.subject, operation.answer ->> 'source_ref'
            FROM paths.operations AS operation
        $$,
        $$
        VALUES ('grant_super_admin', given.user_id('ann'), 'minutes 2')
        $$,
        'it is in the audit'
    );

SELECT paths.revoke_super_admin(given.user_id('ann'), 'the board') \gset
SELECT paths.grant_super_admin(given.user_id('ann'), 'the board', 'minutes 3') \gset

SELECT
    results_eq(
        $$
        SELECT super_admin.source_ref, super_admin.revoked_at
            FROM paths.super_admins AS super_admin
            INNER JOIN identity.users AS person ON person.id = super_admin.user_id
            WHERE person.public_id = given.user_id('ann')
        $$,
        $$
        VALUES ('minutes 3', NULL::timestamptz)
        $$,
        'who was one before becomes one again'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
