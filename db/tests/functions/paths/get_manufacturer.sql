-- get_manufacturer(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.get_manufacturer(bigint, text, integer, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT found.manufacturer ->> 'manufacturer_name', found.manufacturer ->>
            'organization_id' FROM paths.get_manufacturer(given.organization_id('ikea'), given.user_id('sue'), 1, 1) AS found
        $$,
        $$
        VALUES ('Plings', NULL)
        $$,
        'one by its place; to a super-admin all'
    );

SELECT
    is_empty(
        $$ SELECT found.* FROM paths.get_manufacturer(
            given.organization_id('ikea'), given.user_id('ann'),
            1, 3) AS found $$,
        'or no row: another''s is as if not there'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
