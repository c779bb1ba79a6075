-- book_refund(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(24);

SELECT
    'refund' AS event,
    '{authorization,capture}' AS before,
    '50.00 goes back at the merchant''s cost, the fee stays' AS label,
    ARRAY[
        '1 DEBIT merchant_balance:m_1 5000',
        '2 CREDIT psp_settlement:adyen 5000'
    ] AS lines,
    ARRAY[
        'catena_fee_revenue 145',
        'customer_auth_hold:pay_1 0',
        'merchant_balance:m_1 -145',
        'merchant_pending_auth:m_1 0',
        'psp_settlement:adyen 0'
    ] AS balances,
    'refund' AS reason,
    'amount_exceeded psp_settlement:adyen' AS twice
\gset

\ir ../../support/booked.psql

\ir ../../support/booking_refused.psql

SELECT * FROM finish();
ROLLBACK;
