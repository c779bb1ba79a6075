-- class_pointer(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.class_pointer(text, text)'),
        'immutable definer, pgtill_auditor pgtill_operator pgtill_service',
        'callable by auditor, operator, service only'
    );

SET LOCAL ROLE pgtill_service;


SELECT
    results_eq(
        $$
        SELECT paths.class_pointer('abc', '2.3'), length(min(paths.class_pointer('key', '2.'
            || nth))), length(max(paths.class_pointer('key', '2.' || nth))),
            min(length(paths.class_pointer('key', '2.' || nth))), paths.class_pointer('abc',
            'x')
        FROM generate_series(1, 200) AS nth
        $$,
        $$
        VALUES ('YHTZhvm9oFT', 11, 11, 11, NULL)
        $$,
        'always 11 characters; NULL where it is no path'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
