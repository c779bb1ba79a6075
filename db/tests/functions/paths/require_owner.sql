-- require_owner(): who may act for a manufacturer.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.require_owner(bigint, text, integer, integer)'),
        'stable invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.require_owner(given.organization_id('ikea'), given.user_id('ann'), 1,
            2) IS NOT NULL
        $$,
        $$
        VALUES (TRUE)
        $$,
        'its organization'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.require_owner(given.organization_id('coke'), given.user_id('cid'), 1,
            2)
        $$,
        'TL206',
        'user may not act for the organization',
        'no other'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.require_owner(given.organization_id('ikea'), given.user_id('ann'), 1,
            1)
        $$,
        'TL206',
        'user may not act for the organization',
        'Plings has none'
    );

SELECT
    throws_ok(
        $$
        SELECT paths.require_owner(given.organization_id('ikea'), given.user_id('ann'), 2,
            2)
        $$,
        'TL208',
        'manufacturer does not exist',
        'there is none'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
