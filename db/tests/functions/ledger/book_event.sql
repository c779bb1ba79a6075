-- book_event(): one journal in accounts of the chart.
\ir ../../support/begin.psql

SELECT plan(12);

-- Shape

SELECT
    is(
        given.shape('ledger.book_event(jsonb, text, jsonb)'),
        'volatile invoker, private',
        'only the functions that book an event call it'
    );

-- Given a book

SELECT given.book() AS shop \gset

-- What is known of an event before its lines are.
CREATE FUNCTION pg_temp.event(key text)
RETURNS jsonb
LANGUAGE sql
RETURN given.journal(key, 'cash', 'sales', 1, '{"payment_reference": "pay"}') - 'lines';

SELECT
    is(
        (
            SELECT answer.outcome
            FROM ledger.book_event(
                pg_temp.event('a'), 'JPY',
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
                pg_temp.event('b'), 'JPY',
                '[
                    {"account": "merchant_balance", "of": "m", "side": "CREDIT", "amount": 7},
                    {"account": "psp_settlement", "of": "p", "side": "DEBIT", "amount": 8}
                ]'
            ) AS answer
        ),
        'JPY',
        'it answers as post_journals()'
    );
SELECT given.open('psp_settlement:odd', 'equity') AS opened \gset
SELECT
    is(
        (
            SELECT format('%s %s', answer.outcome, answer.details)
            FROM ledger.book_event(
                pg_temp.event('c'),
                said.currency, said.lines
            ) AS answer
        ),
        said.answer,
        said.label
    )
FROM (
    VALUES
    (
        'USD',
        '[
            {"account": "psp_settlement", "of": "odd", "side": "DEBIT", "amount": 7},
            {"account": "merchant_balance", "of": "other", "side": "CREDIT", "amount": 7}
        ]'::jsonb,
        format('account_conflict {"account": "%s"}', given.account('psp_settlement:odd')),
        'an account that is there and is another thing'
    ),
    (
        'XXX',
        '[
            {"account": "psp_settlement", "of": "p", "side": "DEBIT", "amount": 7},
            {"account": "merchant_balance", "of": "m", "side": "CREDIT", "amount": 7}
        ]',
        'unknown_currency {}',
        'a currency that no book is kept in'
    ),
    (
        'JPY',
        '[
            {"account": "merchant_balance", "of": "other", "side": "DEBIT", "amount": 8},
            {"account": "psp_settlement", "of": "p", "side": "CREDIT", "amount": 8}
        ]',
        format(
            'amount_exceeded {"account": "%s"}', given.account('psp_settlement:p JPY')
        ),
        'more than came in'
    )
) AS said (currency, lines, answer, label);
SELECT
    is(
        (
            SELECT string_agg(account.name || ' ' || account.balance, ', ' ORDER BY account.name)
            FROM ledger.accounts AS account
            WHERE account.currency = 'JPY'
        ),
        'catena_fee_revenue 0, merchant_balance:m 7, psp_settlement:p 7',
        '… moved nothing and left no account behind'
    );
SELECT
    throws_ok(
        format(
            'SELECT answer.* FROM ledger.book_event(%L, %L, %L) AS answer',
            pg_temp.event('c'), 'JPY', bad.lines
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
