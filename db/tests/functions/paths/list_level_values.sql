-- list_level_values(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape(
            'paths.list_level_values(bigint, text, integer, integer, integer, integer, integer)'
        ),
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
        SELECT listed.level_value ->> 'value_name', listed.value FROM
            paths.list_level_values(
                given.organization_id('ikea'), given.user_id('ann'),
                1, 2, 3, 2, 5) AS listed
        $$,
        $$
        VALUES ('Europe', 3)
        $$,
        'by number, after one'
    );

SELECT
    is_empty(
        $$ SELECT listed.* FROM paths.list_level_values(
            given.organization_id('ikea'), given.user_id('ann'),
            1, 2, 3, 3, 5) AS listed $$,
        'to the end'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
