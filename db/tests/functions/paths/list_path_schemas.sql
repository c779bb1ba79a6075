-- list_path_schemas(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('paths.list_path_schemas(bigint, text, integer, integer)'),
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

SELECT
    results_eq(
        $$
        SELECT listed.path_schema ->> 'level_name', listed.path_level FROM
            paths.list_path_schemas(
                given.organization_id('ikea'), given.user_id('ann'),
                1, 2) AS listed
        $$,
        $$
        VALUES ('region', 3)
        $$,
        'by place'
    );

SELECT
    is_empty(
        $$ SELECT listed.* FROM paths.list_path_schemas(
            given.organization_id('ikea'), given.user_id('ann'),
            1, 3) AS listed $$,
        'of one manufacturer'
    );

SELECT
    is(
        made.answer ->> 'level_name', 'class', 'given a level below'
    )
FROM
    paths.define_path_schema(
        given.organization_id('ikea'),
        given.user_id('ann'), 's4', given.digest('s4'), 1, 2, 4, 'class', NULL, NULL, TRUE, NULL
    ) AS made;

SELECT
    results_eq(
        $$
        SELECT listed.path_level FROM paths.list_path_schemas(
            given.organization_id('ikea'), given.user_id('ann'), 1, 2
        ) AS listed
        $$,
        'VALUES (3), (4)',
        'from above'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
