-- base58_value(): the number of digits, of any size.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('paths.base58_value(text)'),
        'immutable invoker, private',
        'nobody calls it but the owner'
    );

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        $$
        SELECT paths.base58_value(asked.digits)
        FROM (VALUES ('1'), ('z'), ('21'), ('1121'), ('jpXCZedGfVQ'), ('0'), ('2O'), (''),
            (repeat('1', 44)), (repeat('1', 45)), (NULL)) AS asked (digits)
        $$,
        $$
        VALUES (0::numeric), (57), (58), (58), (18446744073709551615), (NULL), (NULL), (NULL),
            (0), (NULL), (NULL)
        $$,
        'whatever they begin with; NULL where it is none'
    );

SELECT
    is_empty(
        $$
        SELECT size.bits
        FROM generate_series(1, 255) AS size (bits)
        CROSS JOIN LATERAL (
            SELECT (2::numeric ^ size.bits + 1) AS number
        ) AS power
        WHERE paths.base58_value(paths.base58_number(power.number)) <> power.number
            OR mod(power.number, 2) <> 1
        $$,
        'to the last digit, at every size that a key can have'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
