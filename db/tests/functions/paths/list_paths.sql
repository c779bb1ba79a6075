-- list_paths(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.list_paths(bigint, text, integer, text, text, integer)'),
        'stable definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


SELECT count(
    made
) AS made FROM
    given.allocate_paths(
        '2.3', '2.30', '2.4.1', '2.4.2', '2.4.10',
        '2.5'
    ) AS made
\gset

SELECT
    results_eq(
        $$
        SELECT asked.prefix, array_agg(listed.base_path)
        FROM (VALUES (1, NULL), (2, '2.4'), (3, '2.3'), (4, '2'), (5, '3')) AS asked (nth,
            prefix)
        CROSS JOIN LATERAL paths.list_paths(given.organization_id('ikea'), NULL, 1, asked.prefix,
            NULL, 10) AS listed
        GROUP BY asked.nth, asked.prefix
        ORDER BY asked.nth
        $$,
        $$
        VALUES (NULL, '{2.3,2.30,2.4.1,2.4.10,2.4.2,2.5}'::text[]), ('2.4',
            '{2.4.1,2.4.10,2.4.2}'), ('2.3', '{2.3}'), ('2',
            '{2.3,2.30,2.4.1,2.4.10,2.4.2,2.5}')
        $$,
        'at and below a prefix, byte by byte'
    );

SELECT
    results_eq(
        $$
        SELECT listed.base_path FROM paths.list_paths(given.organization_id('ikea'), NULL, 1,
            NULL, '2.30', 2) AS listed
        $$,
        $$
        VALUES ('2.4.1'), ('2.4.10')
        $$,
        'after one, so many'
    );

SELECT
    is_empty(
        $$
        SELECT listed.* FROM paths.list_paths(given.organization_id('coke'), NULL, 1, NULL, NULL,
            10) AS listed
        $$,
        'another organization sees none'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
