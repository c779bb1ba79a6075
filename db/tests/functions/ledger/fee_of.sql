-- fee_of(): half-even in the smallest unit, whatever the currency.
\ir ../../support/begin.psql

SELECT plan(20);

-- Shape

SELECT
    is(
        given.shape('ledger.fee_of(numeric, numeric)'),
        'immutable invoker, private',
        'only functions that book call it'
    );

SELECT is(ledger.fee_of(fee.amount, fee.rate), fee.fee, fee.label)
FROM (
    VALUES
    (5000::numeric, 0.029, 145::numeric, '2.9 % of 50.00 USD is 1.45'),
    (5000, 0.0291, 146, '145.5: to the even 146'),
    (50, 0.01, 0, 'just a half: to 0, which is even'),
    (150, 0.01, 2, 'one and a half: to 2'),
    (250, 0.01, 2, 'two and a half: to 2'),
    (350, 0.01, 4, 'three and a half: to 4'),
    (251, 0.01, 3, 'a little more than a half: up'),
    (249, 0.01, 2, 'a little less: down'),
    (
        2500000000000000001,
        0.1,
        250000000000000000,
        'one wei over: down, where the tenth is below a half'
    ),
    (2500000000000000005, 0.1, 250000000000000000, 'a half wei: to the even one'),
    (2500000000000000015, 0.1, 250000000000000002, '… and the next to the other'),
    (1, 0, 0, 'no rate, no fee'),
    (7, 1, 7, 'all of it'),
    (-250, 0.01, -2, 'half-even below zero'),
    (-350, 0.01, -4, '… too'),
    (NULL, 0.01, NULL, 'of nothing known nothing is known'),
    (1, NULL, NULL, '… nor at a rate that is not')
) AS fee (amount, rate, fee, label);

-- What PostgreSQL rounds half away from zero, halves to the even one: against 100,000 amounts

SELECT
    is_empty(
        $$
        SELECT amount, rate
        FROM generate_series(0, 9999) AS amount
        CROSS JOIN unnest('{0.029, 0.005, 0.05, 0.5, 0.25, 0.0001, 0.3333, 0.999, 0.125, 1}'::numeric[]) AS rate
        CROSS JOIN LATERAL (SELECT ledger.fee_of(amount, rate) AS fee, amount * rate AS exact) AS found
        WHERE abs(found.fee - found.exact) > 0.5
            OR found.fee <> trunc(found.fee)
            OR (abs(found.fee - found.exact) = 0.5 AND found.fee % 2 <> 0)
            OR found.fee > amount
        $$,
        'never further than a half, whole, never more than the amount; a half goes to the even one'
    );
SELECT
    is(
        ledger.fee_of(repeat('9', 78)::numeric, 0.029),
        29 * 10::numeric ^ 75,
        '78 digits are exact: 2.9 % of 10^78 - 1 is 0.029 less than 29 * 10^75'
    );

SELECT * FROM finish();
ROLLBACK;
