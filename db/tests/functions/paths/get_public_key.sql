-- get_public_key(): what everybody needs to check a class pointer.
\ir ../../support/begin.psql

SELECT plan(2);

-- Shape

SELECT
    is(
        given.shape('paths.get_public_key(integer, integer)'),
        'stable definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA and Coca-Cola in wallet 1, and a second wallet

SELECT count(given.makers()) AS makers \gset

UPDATE paths.manufacturer_registry SET public_key = repeat('2', 32)
WHERE manufacturer_index = 2;

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            asked.index,
            ARRAY(SELECT found.public_key FROM paths.get_public_key(1, asked.index) AS found)
        FROM (VALUES (2), (3), (9)) AS asked (index)
        $$,
        $$ VALUES (2, ARRAY[repeat('2', 32)]), (3, '{NULL}'), (9, '{}') $$,
        'the key, NULL where there is none, or no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
