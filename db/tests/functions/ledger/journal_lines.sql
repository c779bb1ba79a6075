-- journal_lines(): the lines of a journal, amounts as text.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('ledger.journal_lines(bigint)'),
        'stable invoker, private',
        'only functions that show journals call it'
    );

-- Given the largest amount there is, and an account below zero

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('a', 'sales', 'cash', repeat('9', 78)::numeric)) AS posted \gset

SELECT
    is(
        (
            SELECT
                string_agg(
                    format(
                        '%s %s %s %s',
                        line.line ->> 'line',
                        line.line ->> 'side',
                        line.line ->> 'amount',
                        line.line ->> 'balance_after'
                    ),
                    ', ' ORDER BY line.nth
                )
            FROM ledger.journals AS journal
            CROSS JOIN
                LATERAL jsonb_array_elements(ledger.journal_lines(journal.id))
                WITH ORDINALITY AS line (line, nth)
            WHERE journal.idempotency_key = 'a' AND jsonb_typeof(line.line -> 'amount') = 'string'
        ),
        format('1 DEBIT %1$s -%1$s, 2 CREDIT %1$s -%1$s', repeat('9', 78)),
        'in the order of their lines, every digit, as text'
    );
SELECT is(ledger.journal_lines(-1), NULL, 'no journal: no lines');

SELECT * FROM finish();
ROLLBACK;
