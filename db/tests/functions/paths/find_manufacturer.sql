-- find_manufacturer(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.find_manufacturer(bigint, text, text)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT found.manufacturer ->> 'wallet_version', found.manufacturer ->>
            'manufacturer_index' FROM paths.find_manufacturer(given.organization_id('ikea'), given.user_id('ann'), 'IKEA') AS found
        $$,
        $$
        VALUES ('1', '2')
        $$,
        'where the name is now'
    );

SELECT
    is_empty(
        $$ SELECT found.* FROM paths.find_manufacturer(
            given.organization_id('ikea'), given.user_id('ann'),
            'ACME') AS found $$,
        'or no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
