-- parse_path(): what is a path, and what is none.
\ir ../../support/begin.psql

SELECT plan(4);

-- Shape

SELECT
    is(
        given.shape('paths.parse_path(text)'),
        'immutable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;


SELECT
    results_eq(
        $$
        SELECT asked.path, paths.parse_path(asked.path)
        FROM (VALUES ('2'), ('2.3.4'), ('0.2147483647'), ('2.2147483648'), ('02'), ('2.'),
            (''), ('2..3'), ('a'), (NULL)) AS asked (path)
        $$,
        $$
        VALUES ('2', '{2}'::integer[]), ('2.3.4', '{2,3,4}'), ('0.2147483647',
            '{0,2147483647}'),
        ('2.2147483648', NULL), ('02', NULL), ('2.', NULL), ('', NULL), ('2..3', NULL),
            ('a', NULL), (NULL, NULL)
        $$,
        'decimal components below 2^31, without leading zeros'
    );

SELECT
    results_eq(
        $$
        SELECT cardinality(paths.parse_path(rtrim(repeat('1.', 20), '.'))),
            paths.parse_path(rtrim(repeat('1.', 21), '.')), paths.parse_path(repeat('9', 300))
        $$,
        $$
        VALUES (20, NULL::integer[], NULL::integer[])
        $$,
        'at most 20 of them'
    );

SELECT
    results_eq(
        $$
        SELECT
            paths.parse_path(array_to_string(array_fill(2147483647, ARRAY[20]), '.')),
            paths.parse_path('2.' || array_to_string(array_fill(2147483647, ARRAY[20]), '.'))
        $$,
        'SELECT array_fill(2147483647, ARRAY[20]), NULL::integer[]',
        'each as long as it can be'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
