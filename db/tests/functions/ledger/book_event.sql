-- book_event(): one journal in accounts of the chart.
\ir ../../support/begin.psql

SELECT plan(8);

-- Shape

SELECT
    is(
        given.shape('ledger.book_event(jsonb, text, jsonb)'),
        'volatile invoker, private',
        'only the functions that book an event call it'
    );

-- Given a book

SELECT given.book() AS shop \gset

SELECT
    is(
        (
            SELECT answer.outcome
            FROM ledger.book_event(
                given.journal('a', 'cash', 'sales', 1) - 'lines', 'JPY',
                '[
                    {"account": "merchant_balance", "of": "m", "side": "CREDIT", "amount": 7},
                    {"account": "psp_settlement", "of": "p", "side": "DEBIT", "amount": 7},
                    {"account": "catena_fee_revenue", "side": "CREDIT", "amount": 0, "may_be_zero": true}
                ]'
            ) AS answer
        ),
        'posted',
        'a journal in accounts that were not there'
    );
SELECT
    results_eq(
        $$
        SELECT account.name COLLATE "default", account.type::text, account.balance
        FROM ledger.accounts AS account
        WHERE account.currency = 'JPY'
        ORDER BY account.name COLLATE "C"
        $$,
        $$
        VALUES
        ('catena_fee_revenue', 'revenue', 0::numeric), ('merchant_balance:m', 'liability', 7),
        ('psp_settlement:p', 'asset', 7)
        $$,
        'each opened as the chart says; a line that may be zero and is, is none'
    );
SELECT
    is(
        (
            SELECT answer.details ->> 'currency'
            FROM ledger.book_event(
                given.journal('b', 'cash', 'sales', 1) - 'lines', 'JPY',
                '[
                    {"account": "merchant_balance", "of": "m", "side": "CREDIT", "amount": 7},
                    {"account": "psp_settlement", "of": "p", "side": "DEBIT", "amount": 8}
                ]'
            ) AS answer
        ),
        'JPY',
        'it answers as post_journals()'
    );
SELECT
    throws_ok(
        format(
            'SELECT answer.* FROM ledger.book_event(%L, %L, %L) AS answer',
            given.journal('c', 'cash', 'sales', 1) - 'lines', 'JPY', bad.lines
        ),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    (
        '[
            {"account": "chargeback_reserve", "of": "m", "side": "CREDIT", "amount": 0},
            {"account": "psp_settlement", "of": "p", "side": "DEBIT", "amount": 0}
        ]',
        'TL307', 'amount is not a whole number above zero', 'zero, where it may not be'
    ),
    (
        '[
            {"account": "chargeback_reserve", "side": "CREDIT", "amount": 7},
            {"account": "psp_settlement", "of": "p", "side": "DEBIT", "amount": 7}
        ]',
        '23502', 'null value in column "name" of relation "accounts" violates not-null constraint',
        'a merchant''s account, and nobody said whose'
    ),
    (
        '[
            {"account": "chargeback_reserve", "of": "", "side": "CREDIT", "amount": 7},
            {"account": "psp_settlement", "of": "p", "side": "DEBIT", "amount": 7}
        ]',
        '23514', 'new row for relation "accounts" violates check constraint "accounts_name_shape"',
        'a merchant without a name'
    )
) AS bad (lines, code, message, label);
SELECT
    is(
        (
            SELECT count(*) FROM ledger.accounts AS account
            WHERE account.name LIKE 'chargeback%'
        ),
        0::bigint,
        'what was refused opened nothing'
    );

SELECT * FROM finish();
ROLLBACK;
