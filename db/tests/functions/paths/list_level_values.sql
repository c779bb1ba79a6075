-- list_level_values(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

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

SELECT
    is(
        made.answer ->> 'value_name', 'Asia', 'given another, of a lower number'
    )
FROM
    paths.define_level_value(
        given.organization_id('ikea'), given.user_id('ann'), 'v2', given.digest('v2'),
        1, 2, 3, 2, 'Asia', NULL, NULL, NULL, TRUE
    ) AS made;

SELECT
    results_eq(
        $$
        SELECT asked.max_count, listed.value
        FROM (VALUES (1), (5)) AS asked (max_count)
        CROSS JOIN LATERAL paths.list_level_values(
            given.organization_id('ikea'), given.user_id('ann'), 1, 2, 3, NULL, asked.max_count
        ) AS listed
        $$,
        'VALUES (1, 2), (5, 2), (5, 3)',
        'by number, so many'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
