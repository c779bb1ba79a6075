-- book_capture(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(26);

-- Shape

SELECT
    is(
        given.shape(
            'ledger.book_capture('
            'bigint, text, text, text, text, text, text, text, numeric, numeric)'
        ),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators book'
    );

-- Given a book, and what comes before

SELECT given.book() AS shop \gset
SELECT booked.outcome FROM given.event('authorization', 'before_authorization') AS booked \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            booked.outcome, booked.journal_id ~ '^jrn_[0-9a-f]{24}$',
            booked.recorded_at BETWEEN now() AND clock_timestamp(), booked.details
        FROM given.event('capture', 'k') AS booked
        $$,
        $$ VALUES ('posted', TRUE, TRUE, NULL::jsonb) $$,
        '50.00 is captured at 2.9 %: 48.55 for the merchant, 1.45 are the fee'
    );
SELECT
    is(
        given.last_lines(:shop),
        ARRAY[
            '1 DEBIT psp_settlement:adyen 5000',
            '2 CREDIT customer_auth_hold:pay_1 5000',
            '3 DEBIT merchant_pending_auth:m_1 5000',
            '4 CREDIT merchant_balance:m_1 4855',
            '5 CREDIT catena_fee_revenue 145'
        ],
        'its lines'
    );
SELECT
    is(
        given.chart_balances(:shop),
        ARRAY[
            'catena_fee_revenue 145',
            'customer_auth_hold:pay_1 0',
            'merchant_balance:m_1 4855',
            'merchant_pending_auth:m_1 0',
            'psp_settlement:adyen 5000'
        ],
        'where the accounts of the chart stand'
    );
SELECT
    is_empty(
        format('SELECT stray.* FROM given.off_chart(%s) AS stray', :shop),
        '… as the chart says what they are'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT journal.reason, journal.actor, journal.payment_reference COLLATE "default"
            FROM ledger.list_journals(%s, NULL, 1) AS journal
            $$,
            :shop
        ),
        $$ VALUES ('capture', 'tester', 'pay_1') $$,
        'why, who, and for which payment'
    );

-- Again

SELECT
    is(
        (SELECT booked.outcome FROM given.event('capture', 'k') AS booked),
        'replayed',
        'the same key and request'
    );
SELECT
    is(
        (
            SELECT booked.outcome
            FROM given.event('capture', 'k', '{"request": "two"}') AS booked
        ),
        'idempotency_key_conflict',
        'the same key for another request'
    );
SELECT
    is(
        given.chart_balances(:shop),
        ARRAY[
            'catena_fee_revenue 145',
            'customer_auth_hold:pay_1 0',
            'merchant_balance:m_1 4855',
            'merchant_pending_auth:m_1 0',
            'psp_settlement:adyen 5000'
        ],
        '… posted once'
    );
SELECT
    results_eq(
        $$
        SELECT booked.outcome, booked.journal_id, booked.details ->> 'account'
        FROM given.event('capture', 'xxx', '{"currency": "XXX"}') AS booked
        $$,
        $$ VALUES ('unknown_account', NULL::text, NULL::text) $$,
        'a currency that no book is kept in has no accounts'
    );

-- Fees of nothing and of everything: a line of nothing is left out

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

-- Refusals that raise

SELECT
    throws_ok(
        format(
            'SELECT booked.* FROM given.event(%L, %L, %L) AS booked',
            'capture', bad.key, bad.fields
        ),
        bad.code, bad.message, bad.label
    )
FROM (
    SELECT common.* FROM given.bad_events() AS common
    UNION ALL
    VALUES
    (
        'bad', '{"fee_rate": 1.1}', 'TL307',
        'amount is not a whole number above zero',
        'a fee above the amount'
    ),
    (
        'bad', '{"fee_rate": -0.1}', 'TL307',
        'amount is not a whole number above zero',
        'a fee below zero'
    ),
    (
        'bad', '{"fee_rate": null}', 'TL307',
        'amount is not a whole number above zero',
        'no fee rate'
    )
) AS bad (key, fields, code, message, label);

RESET ROLE;
SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        $$ SELECT booked.* FROM given.event('capture', 'bad') AS booked $$,
        '42501', 'permission denied for function book_capture', 'auditors do not book'
    );

RESET ROLE;

-- State after

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');
SET CONSTRAINTS ALL IMMEDIATE;

SELECT * FROM finish();
ROLLBACK;
