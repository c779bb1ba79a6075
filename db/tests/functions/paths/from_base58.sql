-- from_base58(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(6);

-- Shape

SELECT
    is(
        given.shape('paths.from_base58(text, boolean)'),
        'immutable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT read.* FROM paths.from_base58('2.G.2.2.7P.9j', TRUE) AS read
        $$,
        $$
        VALUES (1, '15.1.1.370.506')
        $$,
        'with the wallet in front'
    );

SELECT
    results_eq(
        $$
        SELECT read.* FROM paths.from_base58('3.4.5.6.B', FALSE) AS read
        $$,
        $$
        VALUES (NULL::integer, '2.3.4.5.10')
        $$,
        'without'
    );

SELECT
    is_empty(
        $$
        SELECT read.* FROM (VALUES (''), ('0'), ('2.'), ('12'), ('2.zzzzzz')) AS asked
            (text) CROSS JOIN LATERAL paths.from_base58(asked.text, FALSE) AS read
        $$,
        'nonsense has no row'
    );

SELECT
    is_empty(
        $$
        SELECT read.* FROM (VALUES ('2'), ('1.2')) AS asked (text) CROSS JOIN LATERAL
            paths.from_base58(asked.text, TRUE) AS read
        $$,
        'nor has a wallet alone, or wallet 0'
    );

SELECT
    results_eq(
        $$
        SELECT read.*
        FROM paths.from_base58(array_to_string(array_fill('4GmR58'::text, ARRAY[21]), '.'), TRUE) AS read
        $$,
        $$ SELECT 2147483647, array_to_string(array_fill(2147483647, ARRAY[20]), '.') $$,
        'the longest there is'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
