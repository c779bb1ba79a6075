-- list_manufacturers(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

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

SELECT
    results_eq(
        $$
        SELECT asked.after_index, asked.max_count, listed.manufacturer_index
        FROM (VALUES (1, NULL, 9), (2, 1, 9), (3, 2, 9), (4, NULL, 2)) AS asked (nth, after_index, max_count)
        CROSS JOIN LATERAL paths.list_manufacturers(
            given.organization_id('coke'), given.user_id('sue'), 1, asked.after_index, asked.max_count
        ) AS listed
        $$,
        $$
        VALUES
        (NULL, 9, 1), (NULL, 9, 2), (NULL, 9, 3), (1, 9, 2), (1, 9, 3), (2, 9, 3), (NULL, 2, 1),
        (NULL, 2, 2)
        $$,
        'a super-admin sees all; so many'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
