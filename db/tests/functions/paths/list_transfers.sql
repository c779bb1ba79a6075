-- list_transfers(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.list_transfers(bigint, text, text, integer, boolean)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;


\ir ../../support/paths_of_ikea.psql

\ir ../../support/transfer_of_ikea.psql

SELECT
    results_eq(
        $$
        SELECT asked.is_open, count(listed) FROM (VALUES (NULL), (TRUE), (FALSE)) AS asked
            (is_open) LEFT JOIN LATERAL paths.list_transfers(
                given.organization_id('ikea'), given.user_id('ann'),
                NULL, 5, asked.is_open) AS listed
            ON TRUE GROUP BY asked.is_open ORDER BY asked.is_open
        $$,
        $$
        VALUES (FALSE, 0::bigint), (TRUE, 1), (NULL, 1)
        $$,
        'all, those under way, or those that are done'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT count(*) FROM paths.list_transfers(
                given.organization_id('ikea'), given.user_id('ann'),
                %L, 5, NULL) AS listed
            $$,
            :'transfer'
        ),
        $$
        VALUES (0::bigint)
        $$,
        'after one'
    );

SELECT
    is_empty(
        $$
        SELECT listed.* FROM paths.list_transfers(
            given.organization_id('ikea'), given.user_id('ann'), NULL, 0, NULL
        ) AS listed
        $$,
        'so many'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
