-- is_path(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.is_path(text)'),
        'immutable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT paths.is_path('2.3'), paths.is_path('2.03'), paths.is_path('2'),
            paths.is_path(NULL)
        $$,
        $$
        VALUES (TRUE, FALSE, TRUE, FALSE)
        $$,
        'it tells a path from what is none'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
