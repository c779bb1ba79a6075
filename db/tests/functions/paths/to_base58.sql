-- to_base58(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.to_base58(text, integer)'),
        'immutable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT paths.to_base58('2.3.4.5.10'), paths.to_base58('15.1.1.6.370.506', 1),
            paths.to_base58('2.x'), paths.to_base58('2', 0)
        $$,
        $$
        VALUES ('3.4.5.6.B', '2.G.2.2.7.7P.9j', NULL, NULL)
        $$,
        'each component is a number; the wallet stands in front'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
