-- judge_journal(): why a journal cannot be posted, and the first reason of several.
\ir ../../support/begin.psql

SELECT plan(28);

-- Shape

SELECT
    is(
        given.shape('ledger.judge_journal(jsonb)'),
        'stable invoker, private',
        'nobody but insert_journals() calls it'
    );

-- Given a book, and a wallet that is empty

SELECT given.book() AS shop \gset

-- A journal of these lines.
CREATE FUNCTION pg_temp.journal(VARIADIC lines jsonb[])
RETURNS jsonb
LANGUAGE sql
RETURN given.journal(
    'k', 'cash', 'sales', 1, jsonb_build_object('lines', to_jsonb(journal.lines))
);

-- The outcome and its details, with the names of accounts for their ids.
CREATE FUNCTION pg_temp.judged(asked jsonb)
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT
        concat_ws(
            ' ',
            coalesce(answer.outcome, 'good'),
            answer.details - 'account',
            coalesce(
                (
                    SELECT account.name FROM ledger.accounts AS account
                    WHERE account.public_id = answer.details ->> 'account'
                ),
                answer.details ->> 'account'
            )
        )
    FROM ledger.judge_journal(judged.asked) AS answer;
END;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT is(pg_temp.judged(journal.asked), journal.said, journal.label)
FROM (
    VALUES
    (given.journal('k', 'cash', 'sales', 5), 'good', 'a debit and its credit'),
    (
        given.journal('k', 'cash', 'sales', repeat('9', 78)::numeric),
        'good', '… of the largest amount there is'
    ),
    (
        given.journal('k', 'wallet', 'cash', 5),
        'good',
        'more than there is: limits are not looked at'
    ),
    (
        pg_temp.journal(
            given.line('cash', 'DEBIT', 3), given.line('sales EUR', 'CREDIT', 7),
            given.line('sales', 'CREDIT', 1), given.line('cash EUR', 'DEBIT', 7),
            given.line('rent', 'CREDIT', 2)
        ),
        'good', 'two currencies that balance each, in any order'
    ),
    (
        pg_temp.journal(
            given.line('cash', 'DEBIT', 3) || '{"currency": "USD"}',
            given.line('sales', 'CREDIT', 3)
        ),
        'good', 'a line that says its account''s currency'
    ),
    (
        pg_temp.journal(given.line('cash', 'DEBIT', 3), given.line('sales', 'CREDIT', 2)),
        'unbalanced {"currency": "USD"}', 'debits and credits that differ'
    ),
    (
        pg_temp.journal(given.line('cash', 'DEBIT', 3), given.line('rent', 'DEBIT', 3)),
        'unbalanced {"currency": "USD"}', 'two debits'
    ),
    (
        pg_temp.journal(given.line('sales', 'DEBIT', 100), given.line('sales EUR', 'CREDIT', 100)),
        'unbalanced {"currency": "EUR"}', '100 USD against 100 EUR: the first by its code'
    ),
    (
        pg_temp.journal(
            given.line('cash EUR', 'DEBIT', 1), given.line('sales EUR', 'CREDIT', 1),
            given.line('cash', 'DEBIT', 1)
        ),
        'unbalanced {"currency": "USD"}', 'one currency that balances, and one that does not'
    ),
    (pg_temp.journal(variadic '{}'), 'unbalanced {}', 'no lines: no currency'),
    (given.journal('k', 'cash', 'sales', 5) - 'lines', 'unbalanced {}', 'lines that nobody sent'),
    (
        pg_temp.journal(given.line('cash', 'DEBIT', 1), '{"account": "acc_nowhere"}'),
        'unknown_account {"line": 2} acc_nowhere', 'an account that is none, before its amount'
    ),
    (
        pg_temp.journal(
            given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', 1) - 'account'
        ),
        'unknown_account {"line": 2}', 'a line without an account'
    ),
    (
        pg_temp.journal(given.line('cash', 'DEBIT', 1, 'other'), given.line('sales', 'CREDIT', 1)),
        'unknown_account {"line": 1} cash', 'another organization''s account'
    ),
    (
        pg_temp.journal(
            given.line('cash', 'DEBIT', 1),
            given.line('sales', 'CREDIT', 0) || '{"currency": "EUR"}',
            '{"account": "acc_nowhere"}'
        ),
        'currency_mismatch {"line": 2, "currency": "USD"} sales',
        'a currency that is not the account''s: the first line is told, and before its amount'
    ),
    (
        pg_temp.journal(given.line('cash', 'DEBIT', 1e78), given.line('sales', 'CREDIT', 1)),
        'limit_exceeded {} cash', 'an amount of 79 digits, before it does not balance'
    ),
    (
        pg_temp.journal(given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', 'Infinity')),
        'limit_exceeded {} sales', '… or of more than any digits'
    )
) AS journal (asked, said, label);

-- Amounts that are none

SELECT
    throws_ok(
        format(
            'SELECT answer.* FROM ledger.judge_journal(%L) AS answer',
            pg_temp.journal(
                given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', 1) || bad.fields
            )
        ),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    ('{"amount": "0"}'::jsonb, 'TL307', 'amount is not a whole number above zero', 'nothing'),
    ('{"amount": "-1"}', 'TL307', 'amount is not a whole number above zero', 'less than nothing'),
    ('{"amount": "1.5"}', 'TL307', 'amount is not a whole number above zero', 'a fraction'),
    ('{"amount": "NaN"}', 'TL307', 'amount is not a whole number above zero', 'not a number'),
    ('{"amount": null}', 'TL307', 'amount is not a whole number above zero', 'no amount'),
    (
        '{"amount": "much"}', '22P02', 'invalid input syntax for type numeric: "much"',
        'what does not look like a number'
    ),
    (
        '{"side": "credit"}', '22P02', 'invalid input value for enum ledger.side: "credit"',
        'what is no side'
    )
) AS bad (fields, code, message, label);

SELECT
    throws_like(
        format(
            'DO %L',
            format(
                $$
                DECLARE
                    _detail text;
                BEGIN
                    PERFORM ledger.judge_journal(%L);
                EXCEPTION WHEN SQLSTATE 'TL307' THEN
                    GET STACKED DIAGNOSTICS _detail = PG_EXCEPTION_DETAIL;
                    RAISE EXCEPTION '%%', _detail;
                END
                $$,
                pg_temp.journal(given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', -7))
            )
        ),
        'line 2: -7',
        'which line, and how much, is in the detail'
    );
SELECT is(given.balances('cash', 'sales'), '0 at 0, 0 at 0', 'no judgement posts anything');

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT answer.* FROM ledger.judge_journal(''{}'') AS answer',
        '42501', 'permission denied for function judge_journal', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
