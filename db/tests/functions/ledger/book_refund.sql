-- book_refund(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(22);

-- Shape

SELECT
    is(
        given.shape(
            'ledger.book_refund('
            'bigint, text, text, text, text, text, text, text, numeric)'
        ),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators book'
    );

-- Given a book, and what comes before

SELECT given.book() AS shop \gset
SELECT booked.outcome FROM given.event('authorization', 'before_authorization') AS booked \gset
SELECT booked.outcome FROM given.event('capture', 'before_capture') AS booked \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            booked.outcome, booked.journal_id ~ '^jrn_[0-9a-f]{24}$',
            booked.recorded_at BETWEEN now() AND clock_timestamp(), booked.details
        FROM given.event('refund', 'k') AS booked
        $$,
        $$ VALUES ('posted', TRUE, TRUE, NULL::jsonb) $$,
        '50.00 goes back at the merchant''s cost, the fee stays'
    );
SELECT
    is(
        given.last_lines(:shop),
        ARRAY[
            '1 DEBIT merchant_balance:m_1 5000',
            '2 CREDIT psp_settlement:adyen 5000'
        ],
        'its lines'
    );
SELECT
    is(
        given.chart_balances(:shop),
        ARRAY[
            'catena_fee_revenue 145',
            'customer_auth_hold:pay_1 0',
            'merchant_balance:m_1 -145',
            'merchant_pending_auth:m_1 0',
            'psp_settlement:adyen 0'
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
        $$ VALUES ('refund', 'tester', 'pay_1') $$,
        'why, who, and for which payment'
    );

-- Again

SELECT
    is(
        (SELECT booked.outcome FROM given.event('refund', 'k') AS booked),
        'replayed',
        'the same key and request'
    );
SELECT
    is(
        (
            SELECT booked.outcome
            FROM given.event('refund', 'k', '{"request": "two"}') AS booked
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
            'merchant_balance:m_1 -145',
            'merchant_pending_auth:m_1 0',
            'psp_settlement:adyen 0'
        ],
        '… posted once'
    );
SELECT
    results_eq(
        $$
        SELECT booked.outcome, booked.journal_id, booked.details ->> 'account'
        FROM given.event('refund', 'xxx', '{"currency": "XXX"}') AS booked
        $$,
        $$ VALUES ('unknown_account', NULL::text, NULL::text) $$,
        'a currency that no book is kept in has no accounts'
    );

-- Refusals that raise

SELECT
    throws_ok(
        format(
            'SELECT booked.* FROM given.event(%L, %L, %L) AS booked',
            'refund', bad.key, bad.fields
        ),
        bad.code, bad.message, bad.label
    )
FROM given.bad_events() AS bad;

RESET ROLE;
SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        $$ SELECT booked.* FROM given.event('refund', 'bad') AS booked $$,
        '42501', 'permission denied for function book_refund', 'auditors do not book'
    );

RESET ROLE;

-- State after

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');
SET CONSTRAINTS ALL IMMEDIATE;

SELECT * FROM finish();
ROLLBACK;
