-- is_scan(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.is_scan(text, text, text, text)'),
        'immutable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT paths.is_scan('q', asked.key, '2.3', NULL)
        FROM (
            VALUES
            (repeat('1', 32)),
            (repeat('1', 31)),
            (repeat('1', 33)),
            (repeat('1', 31) || '2'),
            (repeat('1', 32) || '2'),
            (paths.base58_number(256::numeric ^ 32 - 1)),
            (paths.base58_number(256::numeric ^ 32)),
            (paths.base58_number(256::numeric ^ 31)),
            (paths.base58_number(256::numeric ^ 31 - 1)),
            ('1' || paths.base58_number(256::numeric ^ 31 - 1)),
            ('1' || paths.base58_number(256::numeric ^ 31)),
            ('0' || repeat('1', 31)),
            (''),
            (NULL)
        ) AS asked (key)
        $$,
        $$
        VALUES (TRUE), (FALSE), (FALSE), (TRUE), (FALSE), (TRUE), (FALSE), (TRUE), (FALSE),
            (TRUE), (FALSE), (FALSE), (FALSE), (FALSE)
        $$,
        'a key is of 32 bytes, neither more nor less'
    );

SELECT
    results_eq(
        $$
        SELECT paths.is_scan(asked.carrier, repeat('1', 32), asked.path, asked.pointer)
        FROM (
            VALUES
            ('q', '2.3', NULL), ('n', '2.3', NULL), ('r', '2', NULL), ('b', '2', 'jpXCZedGfVQ'),
            ('x', '2.3', NULL), ('', '2.3', NULL), (NULL, '2.3', NULL),
            ('q', '2.', NULL), ('q', NULL, NULL),
            ('q', '2', 'jpXCZedGfVR'), ('q', '2', '1'), ('q', '2', ''), ('q', '2', '0pXCZedGfVQ')
        ) AS asked (carrier, path, pointer)
        $$,
        $$
        VALUES (TRUE), (TRUE), (TRUE), (TRUE), (FALSE), (FALSE), (FALSE), (FALSE), (FALSE),
            (FALSE), (FALSE), (FALSE), (FALSE)
        $$,
        'carrier and path are known, the pointer is one or absent'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
