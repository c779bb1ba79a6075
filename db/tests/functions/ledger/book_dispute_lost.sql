-- book_dispute_lost(): the contract its COMMENT promises, and its example.
\ir ../../support/begin.psql

SELECT plan(26);

-- Shape

SELECT
    is(
        given.shape(
            'ledger.book_dispute_lost('
            'bigint, text, text, text, text, text, text, text, numeric, numeric)'
        ),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators book'
    );

-- Given a book, and what comes before

SELECT given.book() AS shop \gset
SELECT booked.outcome FROM given.event('authorization', 'before_authorization') AS booked \gset
SELECT booked.outcome FROM given.event('capture', 'before_capture') AS booked \gset
SELECT booked.outcome FROM given.event('dispute_opened', 'before_dispute_opened') AS booked \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            booked.outcome, booked.journal_id ~ '^jrn_[0-9a-f]{24}$',
            booked.recorded_at BETWEEN now() AND clock_timestamp(), booked.details
        FROM given.event('dispute_lost', 'k') AS booked
        $$,
        $$ VALUES ('posted', TRUE, TRUE, NULL::jsonb) $$,
        '50.00 goes back to the customer, and the merchant bears 15.00'
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
            '1 DEBIT chargeback_reserve:m_1 5000',
            '2 CREDIT psp_settlement:adyen 5000',
            '3 DEBIT merchant_balance:m_1 1500',
            '4 CREDIT chargeback_fee_expense 1500'
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
            'chargeback_fee_expense -1500',
            'chargeback_reserve:m_1 0',
            'customer_auth_hold:pay_1 0',
            'merchant_balance:m_1 -1645',
            'merchant_pending_auth:m_1 0',
            'psp_settlement:adyen 0'
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
        $$ VALUES ('dispute lost', 'tester', 'pay_1') $$,
        'why, who, and for which payment'
    );

-- Again

SELECT
    is(
        (SELECT booked.outcome FROM given.event('dispute_lost', 'k') AS booked),
        'replayed',
        'the same key and request'
    );
SELECT
    is(
        (
            SELECT booked.outcome
            FROM given.event('dispute_lost', 'k', '{"request": "two"}') AS booked
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
            'chargeback_fee_expense -1500',
            'chargeback_reserve:m_1 0',
            'customer_auth_hold:pay_1 0',
            'merchant_balance:m_1 -1645',
            'merchant_pending_auth:m_1 0',
            'psp_settlement:adyen 0'
        ],
        '… posted once'
    );
SELECT
    results_eq(
        $$
        SELECT booked.outcome, booked.journal_id, booked.details ->> 'account'
        FROM given.event('dispute_lost', 'xxx', '{"currency": "XXX"}') AS booked
        $$,
        $$ VALUES ('unknown_account', NULL::text, NULL::text) $$,
        'a currency that no book is kept in has no accounts'
    );

-- A fee of nothing is no line

SELECT booked.outcome FROM given.event('dispute_lost', 'no_fee', '{"fee": 0}') AS booked \gset
SELECT
    is(
        (
            SELECT jsonb_array_length(journal.lines)
            FROM ledger.list_journals(:shop, NULL, 1) AS journal
        ),
        2,
        'no fee: two lines'
    );

-- Refusals that raise

SELECT
    throws_ok(
        format(
            'SELECT booked.* FROM given.event(%L, %L, %L) AS booked',
            'dispute_lost', bad.key, bad.fields
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
        'bad', '{"amount": null}', '23502',
        'null value in column "amount" of relation "entries" violates not-null constraint',
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
        'bad', '{"fee": -1}', 'TL307',
        'amount is not a whole number above zero',
        'a fee below zero'
    ),
    (
        'bad', '{"fee": null}', '23502',
        'null value in column "amount" of relation "entries" violates not-null constraint',
        'no fee'
    ),
    (
        'bad', '{"amount": 0, "fee": 1}', 'TL307',
        'amount is not a whole number above zero',
        'a fee for a dispute of nothing'
    )
) AS bad (key, fields, code, message, label);

RESET ROLE;
SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        $$ SELECT booked.* FROM given.event('dispute_lost', 'bad') AS booked $$,
        '42501', 'permission denied for function book_dispute_lost', 'auditors do not book'
    );

RESET ROLE;

-- State after

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');
SET CONSTRAINTS ALL IMMEDIATE;

SELECT * FROM finish();
ROLLBACK;
