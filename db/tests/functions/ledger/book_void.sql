-- book_void(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(24);

SELECT
    'void' AS event,
    '{authorization}' AS before,
    'a promise of 50.00 is taken back' AS label,
    ARRAY[
        '1 DEBIT merchant_pending_auth:m_1 5000',
        '2 CREDIT customer_auth_hold:pay_1 5000'
    ] AS lines,
    ARRAY[
        'customer_auth_hold:pay_1 0',
        'merchant_pending_auth:m_1 0'
    ] AS balances,
    'void' AS reason,
    'amount_exceeded customer_auth_hold:pay_1' AS twice
\gset

\ir ../../support/booked.psql

\ir ../../support/booking_refused.psql

SELECT * FROM finish();
ROLLBACK;
