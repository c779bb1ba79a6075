-- export_entries(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(16);

-- Shape

SELECT
    is(
        given.shape('ledger.export_entries(bigint, timestamptz, timestamptz, text, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given three journals at three moments, two of them of one, and another book's

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal(
            'a', 'cash', 'sales', 100,
            '{"reason": "why", "actor": "who", "event_at": "2025-12-01T00:00:00Z",'
            ' "payment_reference": "pay_1"}'
        ),
        given.journal('b', 'cash EUR', 'sales EUR', 2),
        given.journal('d', 'cash', 'sales', 4, '{}', 'other')
    ) AS posted
\gset
SELECT answer.outcome AS reversed
FROM ledger.list_journals(:shop, NULL, 9) AS listed
CROSS JOIN
    LATERAL ledger.reverse_journals(
        jsonb_build_array(
            given.journal('c', 'cash', 'sales', 1)
            - 'lines'
            || jsonb_build_object('journal_id', listed.journal_id)
        )
    ) AS answer
WHERE listed.idempotency_key = 'a' \gset
SELECT count(given.backdate(past.key, past.moment)) AS moved
FROM (
    VALUES
    ('a', '2026-01-01Z'::timestamptz), ('b', '2026-01-02Z'), ('c', '2026-01-02Z'),
    ('d', '2026-01-02Z')
) AS past (key, moment) \gset
SELECT
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'a') AS a,
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'b') AS b,
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'c') AS c,
    max(journal.public_id) FILTER (WHERE journal.idempotency_key = 'd') AS d
FROM ledger.journals AS journal \gset

-- Acting as an auditor

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        format(
            $$
            SELECT
                line.journal_id COLLATE "default", line.recorded_at, line.event_at, line.reason, line.actor,
                line.idempotency_key COLLATE "default", line.payment_reference COLLATE "default", line.reverses, line.line,
                line.account_id COLLATE "default", line.name COLLATE "default", line.type,
                line.currency COLLATE "default", line.exponent, line.side, line.amount, line.version, line.balance_after
            FROM ledger.export_entries(%s, '-infinity', 'infinity', NULL, 1) AS line
            $$,
            :shop
        ),
        format(
            $$
            VALUES
            (
                %1$L, '2026-01-01Z'::timestamptz, '2025-12-01Z'::timestamptz, 'why', 'who', 'a', 'pay_1', NULL::text, 1,
                given.account('cash') COLLATE "default", 'cash', 'asset', 'USD', 2, 'DEBIT', 100::numeric, 1::bigint,
                100::numeric
            ),
            (
                %1$L, '2026-01-01Z', '2025-12-01Z', 'why', 'who', 'a', 'pay_1', NULL, 2,
                given.account('sales'), 'sales', 'revenue', 'USD', 2, 'CREDIT', 100, 1, 100
            )
            $$,
            :'a'
        ),
        'a row a line, with its journal and its account'
    );
SELECT
    is(
        (
            SELECT string_agg(format('%s%s', line.idempotency_key, line.line), ' ')
            FROM
                ledger.export_entries(
                    :shop, asked.from_at, asked.to_at, asked.after, asked.page_size
                ) AS line
        ),
        asked.lines,
        asked.label
    )
FROM (
    VALUES
    (
        '-infinity'::timestamptz,
        'infinity'::timestamptz,
        NULL,
        100,
        'a1 a2 b1 b2 c1 c2',
        'everything in order'
    ),
    ('-infinity', 'infinity', NULL, NULL, 'a1 a2 b1 b2 c1 c2', 'page_size NULL: no limit'),
    ('-infinity', 'infinity', NULL, 2, 'a1 a2 b1 b2', 'a page counts journals, which come whole'),
    ('-infinity', 'infinity', :'b', 2, 'c1 c2', 'the next begins between journals of one moment'),
    ('-infinity', 'infinity', :'c', 2, NULL, 'after the last: nothing'),
    ('2026-01-01Z', '2026-01-02Z', NULL, 9, 'a1 a2', 'from_at is included, to_at is not'),
    (
        '2026-01-01 00:00:00.000001Z',
        '2026-01-02 00:00:00.000001Z',
        NULL,
        9,
        'b1 b2 c1 c2',
        '… to the microsecond'
    ),
    (
        '2025-12-01Z',
        '2025-12-31Z',
        NULL,
        9,
        NULL,
        'it counts when a journal was recorded, not when it happened'
    ),
    ('2026-01-02Z', '2026-01-01Z', NULL, 9, NULL, 'a period that ends before it begins'),
    (NULL, 'infinity', NULL, 9, NULL, 'no period: nothing'),
    (
        '-infinity',
        'infinity',
        :'d',
        9,
        NULL,
        'another organization''s journal is no place in this book'
    )
) AS asked (from_at, to_at, after, page_size, lines, label);
SELECT
    is(
        (
            SELECT DISTINCT line.reverses
            FROM ledger.export_entries(:shop, '-infinity', 'infinity', :'b', 1) AS line
        ),
        :'a',
        'a reversal names what it takes back'
    );
SELECT
    is(
        (
            SELECT sum(CASE line.side WHEN 'DEBIT' THEN line.amount ELSE -line.amount END)
            FROM ledger.export_entries(:shop, '-infinity', 'infinity', NULL, 9) AS line
        ),
        0::numeric,
        'debits and credits are one sum'
    );
SELECT
    is_empty(
        $$
        SELECT line.* FROM ledger.export_entries(-1, '-infinity', 'infinity', NULL, 9) AS line
        $$,
        'no such book: no row'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
