-- find_by_sku(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.find_by_sku(bigint, text, text, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/region_of_ikea.psql

SELECT
    results_eq(
        $$
        SELECT found.wallet_version, found.manufacturer_name, found.level_name,
            found.level_value, found.value_name FROM paths.find_by_sku(
                given.organization_id('ikea'), given.user_id('ann'),
                'EU-1', 5) AS found
        $$,
        $$
        VALUES (1, 'IKEA', 'region', 3, 'Europe')
        $$,
        'what bears it'
    );

SELECT
    is_empty(
        $$ SELECT found.* FROM paths.find_by_sku(
            given.organization_id('ikea'), given.user_id('ann'),
            'x', 5) AS found $$,
        'or nothing'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
