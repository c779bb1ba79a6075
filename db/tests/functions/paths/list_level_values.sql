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


SELECT count(made) AS made FROM
    paths.define_path_schema(
        given.organization_id('ikea'),
        given.user_id('ann'), 's3', given.digest('s3'), 1, 2, 3, 'region', NULL, '414', TRUE, 1
    ) AS made
\gset

SELECT count(
    made
) AS made FROM
    paths.define_level_value(
        given.organization_id('ikea'),
        given.user_id('ann'),
        'v3',
        given.digest('v3'),
        1,
        2,
        3,
        3,
        'Europe',
        'here',
        '7300000000013',
        'EU-1', TRUE
    ) AS made
\gset

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
