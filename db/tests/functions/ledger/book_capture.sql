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
        (
            SELECT
                array_agg(
                    concat_ws(
                        ' ',
                        line.line ->> 'line',
                        line.line ->> 'side',
                        line.line ->> 'name',
                        line.line ->> 'amount'
                    )
                )
            FROM ledger.list_journals(:shop, NULL, 1) AS journal
            CROSS JOIN LATERAL jsonb_array_elements(journal.lines) AS line (line)
        ),
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
        (
            SELECT array_agg(format('%s %s', account.name, account.balance))
            FROM ledger.list_accounts(:shop, NULL, 100) AS account
            WHERE strpos(account.name, '_') > 0
        ),
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
        format(
            $$
            SELECT account.name, account.type
            FROM ledger.list_accounts(%s, NULL, 100) AS account
            WHERE strpos(account.name, '_') > 0
                AND NOT EXISTS (
                    SELECT FROM ledger.list_chart() AS chart
                    WHERE chart.name = split_part(account.name, ':', 1) AND chart.type = account.type
                        AND (chart.suffix IS NULL) = (strpos(account.name, ':') = 0)
                )
            $$,
            :shop
        ),
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
        (
            SELECT array_agg(format('%s %s', account.name, account.balance))
            FROM ledger.list_accounts(:shop, NULL, 100) AS account
            WHERE strpos(account.name, '_') > 0
        ),
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
    VALUES
    (
        'bad', '{"amount": 0}', 'TL307',
        'amount is not a whole number above zero',
        'nothing'
    ),
    (
        'bad', '{"amount": -1}', 'TL307',
        'amount is not a whole number above zero',
        'less than nothing'
    ),
    (
        'bad', '{"amount": 1.5}', 'TL307',
        'amount is not a whole number above zero',
        'a fraction of the smallest unit'
    ),
    (
        'bad', '{"amount": null}', 'TL307',
        'amount is not a whole number above zero',
        'no amount'
    ),
    (
        'bad', '{"merchant": null}', '23502',
        'null value in column "name" of relation "accounts" violates not-null constraint',
        'nobody said whose'
    ),
    (
        'bad', '{"merchant": "m 1"}', '23514',
        'new row for relation "accounts" violates check constraint "accounts_name_shape"',
        'a merchant whose name is none'
    ),
    (
        'bad', '{"organization_id": null}', '23502',
        'null value in column "organization_id" of relation "accounts"'
        ' violates not-null constraint',
        'no organization'
    ),
    (
        'a b', '{}', '23514',
        'new row for relation "journals" violates'
        ' check constraint "journals_idempotency_key_shape"',
        'a key of another shape'
    ),
    (
        NULL, '{}', '23502',
        'null value in column "idempotency_key" of relation "journals"'
        ' violates not-null constraint',
        'no key'
    ),
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
