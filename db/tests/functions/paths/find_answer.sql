-- find_answer(): the first answer to a key.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.find_answer(bigint, text, text)'),
        'volatile invoker, private',
        'nobody calls it but the owner'
    );

-- Given IKEA in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_owner;


SELECT count(recorded) AS recorded
FROM
    paths.record_operation(
        'propose', given.organization_id('ikea'), NULL, 'k',
        given.digest('k'), 1, NULL, '{"a": 1}'
    ) AS recorded
\gset

SELECT
    results_eq(
        $$
        SELECT paths.find_answer(given.organization_id('ikea'), 'k', given.digest('k')),
            paths.find_answer(given.organization_id('coke'), 'k', given.digest('x')),
            paths.find_answer(given.organization_id('ikea'), 'l', given.digest('k'))
        $$,
        $$
        VALUES ('{"a": 1}'::jsonb, NULL::jsonb, NULL::jsonb)
        $$,
        'of an organization and a key'
    );

SELECT
    throws_ok(
        $$ SELECT paths.find_answer(given.organization_id('ikea'), 'k', given.digest('x')) $$,
        'TL215',
        'idempotency key was used for another request',
        'for one request'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
