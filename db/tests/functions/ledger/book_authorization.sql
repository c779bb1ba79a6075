-- book_authorization(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(24);

SELECT
    'authorization' AS event,
    '{}' AS before,
    '50.00 is promised' AS label,
    ARRAY[
        '1 DEBIT customer_auth_hold:pay_1 5000',
        '2 CREDIT merchant_pending_auth:m_1 5000'
    ] AS lines,
    ARRAY[
        'customer_auth_hold:pay_1 5000',
        'merchant_pending_auth:m_1 5000'
    ] AS balances,
    'authorisation' AS reason,
    'posted' AS twice
\gset

\ir ../../support/booked.psql

\ir ../../support/booking_refused.psql

SELECT * FROM finish();
ROLLBACK;
