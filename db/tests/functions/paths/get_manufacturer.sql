-- get_manufacturer(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.get_manufacturer(integer, integer)'),
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
            'organization_id' FROM paths.get_manufacturer(1, 1) AS found
        $$,
        $$
        VALUES ('Plings', NULL)
        $$,
        'one by its place'
    );

SELECT
    is_empty(
        $$ SELECT found.* FROM paths.get_manufacturer(2, 1) AS found $$,
        'or no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
