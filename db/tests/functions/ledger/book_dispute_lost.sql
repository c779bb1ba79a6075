-- book_dispute_lost(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(28);

SELECT
    'dispute_lost' AS event,
    '{authorization,capture,dispute_opened}' AS before,
    '50.00 goes back to the customer, and the merchant bears 15.00' AS label,
    ARRAY[
        '1 DEBIT chargeback_reserve:m_1 5000',
        '2 CREDIT psp_settlement:adyen 5000',
        '3 DEBIT merchant_balance:m_1 1500',
        '4 CREDIT chargeback_fee_expense 1500'
    ] AS lines,
    ARRAY[
        'catena_fee_revenue 145',
        'chargeback_fee_expense -1500',
        'chargeback_reserve:m_1 0',
        'customer_auth_hold:pay_1 0',
        'merchant_balance:m_1 -1645',
        'merchant_pending_auth:m_1 0',
        'psp_settlement:adyen 0'
    ] AS balances,
    'dispute lost' AS reason,
    'amount_exceeded psp_settlement:adyen' AS twice
\gset

\ir ../../support/booked.psql

-- A fee of nothing is no line

SELECT count(booked.outcome) AS booked
FROM unnest('{authorization,capture,dispute_opened,dispute_lost}'::text[]) AS event (name)
CROSS JOIN
    LATERAL given.event(event.name, 'no_fee_' || event.name, '{"payment": "p", "fee": 0}') AS booked
\gset
SELECT
    is(
        (
            SELECT jsonb_array_length(journal.lines)
            FROM ledger.list_journals(:shop, NULL, 1) AS journal
        ),
        2,
        'no fee: two lines'
    );

\ir ../../support/booking_refused.psql

SELECT * FROM finish();
ROLLBACK;
