-- book_capture(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(29);

SELECT
    'capture' AS event,
    '{authorization}' AS before,
    '50.00 is captured at 2.9 %: 48.55 for the merchant, 1.45 are the fee' AS label,
    ARRAY[
        '1 DEBIT psp_settlement:adyen 5000',
        '2 CREDIT customer_auth_hold:pay_1 5000',
        '3 DEBIT merchant_pending_auth:m_1 5000',
        '4 CREDIT merchant_balance:m_1 4855',
        '5 CREDIT catena_fee_revenue 145'
    ] AS lines,
    ARRAY[
        'catena_fee_revenue 145',
        'customer_auth_hold:pay_1 0',
        'merchant_balance:m_1 4855',
        'merchant_pending_auth:m_1 0',
        'psp_settlement:adyen 5000'
    ] AS balances,
    'capture' AS reason,
    'amount_exceeded customer_auth_hold:pay_1' AS twice
\gset

\ir ../../support/booked.psql

-- Fees of nothing and of everything: a line of nothing is left out

SELECT booked.outcome FROM given.event('authorization', 'more', '{"amount": 4}') AS booked \gset
SELECT count(booked.outcome) AS booked
FROM unnest('{0, 0.5, 0.51, 1}'::numeric[]) AS fee_rate
CROSS JOIN
    LATERAL given.event(
        'capture',
        'fee' || translate(fee_rate::text, '.', '_'),
        jsonb_build_object('amount', 1, 'fee_rate', fee_rate)
    ) AS booked
\gset
SELECT
    results_eq(
        format(
            $$
            SELECT journal.idempotency_key COLLATE "default", line.line ->> 'name'
            FROM ledger.list_journals(%s, NULL, 4) AS journal
            CROSS JOIN LATERAL jsonb_array_elements(journal.lines) AS line (line)
            WHERE line.line ->> 'name' IN ('merchant_balance:m_1', 'catena_fee_revenue')
                AND line.line ->> 'amount' = '1'
            ORDER BY 1
            $$,
            :shop
        ),
        $$
        VALUES
        ('fee0', 'merchant_balance:m_1'), ('fee0_5', 'merchant_balance:m_1'),
        ('fee0_51', 'catena_fee_revenue'), ('fee1', 'catena_fee_revenue')
        $$,
        'no fee, half of the smallest unit (to nothing, which is even), more than half, all of it'
    );

\ir ../../support/booking_refused.psql

SELECT * FROM finish();
ROLLBACK;
