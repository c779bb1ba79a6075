-- base58_number(): the digits of a number.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.base58_number(numeric)'),
        'immutable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.base58_number(asked.number)
        FROM (VALUES (0::numeric), (1), (57), (58), (506), (2147483647),
            (18446744073709551615), (-1)) AS asked (number)
        $$,
        $$
        VALUES ('1'), ('2'), ('z'), ('21'), ('9j'), ('4GmR58'), ('jpXCZedGfVQ'), (NULL)
        $$,
        'most significant first, in the alphabet of Bitcoin'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
