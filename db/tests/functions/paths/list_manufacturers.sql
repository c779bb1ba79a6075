-- list_manufacturers(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.list_manufacturers(bigint, text, integer, integer, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT listed.manufacturer ->> 'manufacturer_name', listed.manufacturer_index FROM
            paths.list_manufacturers(
                given.organization_id('ikea'), given.user_id('ann'),
                1, 1, 5) AS listed
        $$,
        $$
        VALUES ('IKEA', 2)
        $$,
        'the organization''s own by index, after one'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
