-- book_dispute_won(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(24);

SELECT
    'dispute_won' AS event,
    '{authorization,capture,dispute_opened}' AS before,
    '50.00 comes back to the merchant' AS label,
    ARRAY[
        '1 DEBIT chargeback_reserve:m_1 5000',
        '2 CREDIT merchant_balance:m_1 5000'
    ] AS lines,
    ARRAY[
        'catena_fee_revenue 145',
        'chargeback_reserve:m_1 0',
        'customer_auth_hold:pay_1 0',
        'merchant_balance:m_1 4855',
        'merchant_pending_auth:m_1 0',
        'psp_settlement:adyen 5000'
    ] AS balances,
    'dispute won' AS reason,
    'amount_exceeded chargeback_reserve:m_1' AS twice
\gset

\ir ../../support/booked.psql

\ir ../../support/booking_refused.psql

SELECT * FROM finish();
ROLLBACK;
