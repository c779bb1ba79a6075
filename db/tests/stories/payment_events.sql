-- The events of a payment, as the table of the document has them, each with its example.
\ir ../support/begin.psql

SELECT plan(17);

SELECT given.book() AS shop \gset

CREATE FUNCTION given.lines_of(key text)
RETURNS text
LANGUAGE sql
STABLE
SECURITY DEFINER
BEGIN ATOMIC
    SELECT
        string_agg(
            format('%s %s %s', entry.side, account.name, entry.amount), ', ' ORDER BY entry.line
        )
    FROM ledger.journals AS journal
    INNER JOIN ledger.entries AS entry ON journal.id = entry.journal_id
    INNER JOIN ledger.accounts AS account ON entry.account_id = account.id
    WHERE journal.idempotency_key = lines_of.key;
END;
GRANT EXECUTE ON FUNCTION given.lines_of(text) TO public;

SET LOCAL ROLE pgtill_service;

SELECT is(booked.outcome, 'posted', 'authorisation of 50.00')
FROM
    ledger.book_authorization(
        :shop, 'auth', given.digest('auth'), 'api', 'pay_1', 'm_1', 'USD', 5000
    ) AS booked;
SELECT
    is(
        given.lines_of('auth'),
        'DEBIT customer_auth_hold:pay_1 5000, CREDIT merchant_pending_auth:m_1 5000',
        '… hold against pending'
    );
SELECT is(booked.outcome, 'posted', 'capture of 50.00 with a fee of 2.9 %')
FROM
    ledger.book_capture(
        :shop,
        'capture',
        given.digest('capture'),
        'api',
        'pay_1',
        'm_1',
        'stripe',
        'USD',
        5000,
        0.029
    ) AS booked;
SELECT
    is(
        given.lines_of('capture'),
        'DEBIT psp_settlement:stripe 5000, CREDIT customer_auth_hold:pay_1 5000,'
        ' DEBIT merchant_pending_auth:m_1 5000, CREDIT merchant_balance:m_1 4855,'
        ' CREDIT catena_fee_revenue 145',
        '… 50.00 = 48.55 + 1.45'
    );
SELECT is(booked.outcome, 'replayed', '… once')
FROM
    ledger.book_capture(
        :shop,
        'capture',
        given.digest('capture'),
        'api',
        'pay_1',
        'm_1',
        'stripe',
        'USD',
        5000,
        0.029
    ) AS booked;
SELECT
    is(
        string_agg(booked.outcome, ', '), 'posted, posted',
        'another payment is authorised and voided'
    )
FROM (
    SELECT answer.outcome
    FROM
        ledger.book_authorization(
            :shop, 'auth2', given.digest('auth2'), 'api', 'pay_2', 'm_1', 'USD', 700
        ) AS answer
    UNION ALL
    SELECT answer.outcome
    FROM
        ledger.book_void(:shop, 'void', given.digest('void'), 'api', 'pay_2', 'm_1', 'USD', 700)
            AS answer
) AS booked;
SELECT
    is(
        given.lines_of('void'),
        'DEBIT merchant_pending_auth:m_1 700, CREDIT customer_auth_hold:pay_2 700',
        '… the authorisation, the other way round'
    );
SELECT is(booked.outcome, 'posted', 'refund of 10.00')
FROM
    ledger.book_refund(
        :shop, 'refund', given.digest('refund'), 'api', 'pay_1', 'm_1', 'stripe', 'USD', 1000
    ) AS booked;
SELECT
    is(
        given.lines_of('refund'),
        'DEBIT merchant_balance:m_1 1000, CREDIT psp_settlement:stripe 1000',
        '… at the merchant''s cost'
    );
SELECT
    is(
        string_agg(booked.outcome, ', '), 'posted, posted, posted, posted',
        'a dispute is won, another lost'
    )
FROM (
    SELECT answer.outcome
    FROM
        ledger.book_dispute_opened(
            :shop, 'open', given.digest('open'), 'api', 'pay_1', 'm_1', 'USD', 2000
        ) AS answer
    UNION ALL
    SELECT answer.outcome
    FROM
        ledger.book_dispute_won(
            :shop, 'won', given.digest('won'), 'api', 'pay_1', 'm_1', 'USD', 2000
        ) AS answer
    UNION ALL
    SELECT answer.outcome
    FROM
        ledger.book_dispute_opened(
            :shop, 'open2', given.digest('open2'), 'api', 'pay_1', 'm_1', 'USD', 2000
        ) AS answer
    UNION ALL
    SELECT answer.outcome
    FROM
        ledger.book_dispute_lost(
            :shop, 'lost', given.digest('lost'), 'api', 'pay_1', 'm_1', 'stripe', 'USD', 2000, 1500
        ) AS answer
) AS booked;
SELECT
    is(
        given.lines_of('open'),
        'DEBIT merchant_balance:m_1 2000, CREDIT chargeback_reserve:m_1 2000',
        '… set aside while it is open'
    );
SELECT
    is(
        given.lines_of('won'),
        'DEBIT chargeback_reserve:m_1 2000, CREDIT merchant_balance:m_1 2000',
        '… given back when it is won'
    );
SELECT
    is(
        given.lines_of('lost'),
        'DEBIT chargeback_reserve:m_1 2000, CREDIT psp_settlement:stripe 2000,'
        ' DEBIT merchant_balance:m_1 1500, CREDIT chargeback_fee_expense 1500',
        '… gone when it is lost, with a fee of 15.00'
    );
SELECT
    results_eq(
        format(
            'SELECT trial.name COLLATE "default", trial.debit, trial.credit'
            ' FROM ledger.trial_balance(%s) AS trial'
            ' WHERE trial.debit + trial.credit > 0',
            :shop
        ),
        $$
        VALUES
        ('catena_fee_revenue', 0::numeric, 145::numeric), ('chargeback_fee_expense', 0, 1500),
        ('merchant_balance:m_1', 0, 355), ('psp_settlement:stripe', 2000, 0)
        $$,
        'what is left of it all balances'
    );

RESET ROLE;

-- Fees

SELECT
    results_eq(
        $$
        SELECT ledger.fee_of(case_of.amount, case_of.rate)
        FROM (
            VALUES (1, 5000, 0.029), (2, 50, 0.01), (3, 150, 0.01), (4, 250, 0.01), (5, 151, 0.01),
            (6, 1, 0.029), (7, repeat('9', 78)::numeric, 0.5)
        ) AS case_of (nth, amount, rate)
        ORDER BY case_of.nth
        $$,
        $$ VALUES (145::numeric), (0), (2), (2), (2), (0), (5 * 10::numeric ^ 77) $$,
        'half-even in the smallest unit'
    );
SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');

SELECT * FROM finish();
ROLLBACK;
