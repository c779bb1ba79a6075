-- number_of_base58(): the number of digits.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.number_of_base58(text)'),
        'immutable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT paths.number_of_base58(asked.digits)
        FROM (VALUES ('1'), ('2'), ('G'), ('7P'), ('9j'), ('2J'), ('3C'), ('11'), ('0'),
            ('O'), (''), ('2222222'), ('4GmR58'), (NULL)) AS asked (digits)
        $$,
        $$
        VALUES (0::bigint), (1), (15), (370), (506), (75), (127), (NULL), (NULL), (NULL),
            (NULL), (NULL), (2147483647), (NULL)
        $$,
        'as Bitcoin reads them, not as the pages of the seed do'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
