-- require_responder(): who may move a manufacturer.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.require_responder(bigint, text, integer, integer)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.require_responder(given.organization_id('ikea'), given.user_id('ann'),
            1, 2) IS NOT NULL, paths.require_responder(NULL, given.user_id('sue'), 1, 1) IS NOT
            NULL
        $$,
        $$
        VALUES (TRUE, TRUE)
        $$,
        'its organization, or a super-admin'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.require_responder(given.organization_id('coke'), given.user_id('cid'),
            1, 2)
        $$,
        'TL206',
        'user may not act for the organization',
        'no other'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
