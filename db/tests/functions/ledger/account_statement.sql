-- account_statement(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(20);

-- Shape

SELECT
    is(
        given.shape(
            'ledger.account_statement(bigint, text, bigint, integer, timestamptz, timestamptz)'
        ),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given five entries of cash, one a second; the fourth happened before all others

SELECT given.book() AS shop \gset
SELECT
    given.account('cash') AS cash,
    given.account('cash', 'other') AS foreign_cash
\gset
SELECT
    given.post(
        given.journal('a', 'cash', 'sales', 100, '{"reason": "first", "payment_reference": "p"}'),
        given.journal('b', 'rent', 'cash', 30),
        given.journal(
            'c', 'cash', 'sales', 0,
            jsonb_build_object(
                'lines',
                jsonb_build_array(
                    given.line('sales', 'CREDIT', 7), given.line('cash', 'DEBIT', 4),
                    given.line('cash', 'DEBIT', 3)
                )
            )
        ),
        given.journal('d', 'cash', 'sales', 1, '{"event_at": "2020-01-01T00:00:00Z"}')
    ) AS posted
\gset
SELECT count(given.backdate(past.key, past.moment)) AS moved
FROM (
    VALUES
    ('a', '2026-01-01 00:00:01Z'::timestamptz),
    ('b', '2026-01-01 00:00:02Z'),
    ('c', '2026-01-01 00:00:03Z'),
    ('d', '2026-01-01 00:00:04Z')
) AS past (key, moment) \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT
                entry.version, entry.line, entry.side, entry.amount, entry.balance_after, entry.reason,
                entry.payment_reference COLLATE "default", entry.recorded_at, entry.event_at = entry.recorded_at
            FROM ledger.account_statement(%s, %L, 0, 2) AS entry
            $$,
            :shop, :'cash'
        ),
        $$
        VALUES
        (
            1::bigint, 1, 'DEBIT', 100::numeric, 100::numeric, 'first', 'p',
            '2026-01-01 00:00:01Z'::timestamptz, FALSE
        ),
        (2, 2, 'CREDIT', 30, 70, 'a test', NULL, '2026-01-01 00:00:02Z', FALSE)
        $$,
        'each entry with the balance after it, and what its journal says'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT journal.journal_id
            FROM ledger.account_statement(%s, %L, 4, 1) AS entry
            INNER JOIN ledger.get_journal(%s, entry.journal_id) AS journal
                ON entry.event_at = '2020-01-01T00:00:00Z' AND entry.version = 5
            $$,
            :shop, :'cash', :shop
        ),
        format(
            'SELECT listed.journal_id FROM ledger.list_journals(%s, NULL, 1) AS listed', :shop
        ),
        'what happened long ago stands where it was recorded'
    );
SELECT
    is(
        (
            SELECT array_agg(entry.version)
            FROM ledger.account_statement(
                :shop,
                asked.account,
                asked.after_version,
                asked.page_size,
                asked.from_at,
                asked.to_at
            ) AS entry
        ),
        asked.versions,
        asked.label
    )
FROM (
    VALUES
    (
        :'cash',
        0,
        100,
        NULL::timestamptz,
        NULL::timestamptz,
        '{1,2,3,4,5}'::bigint[],
        'everything, in order'
    ),
    (:'cash', NULL, 100, NULL, NULL, '{1,2,3,4,5}', 'NULL: from the first'),
    (:'cash', 0, NULL, NULL, NULL, '{1,2,3,4,5}', 'page_size NULL: no limit'),
    (:'cash', 2, 2, NULL, NULL, '{3,4}', 'a page begins after the version before it'),
    (:'cash', 5, 2, NULL, NULL, NULL, 'after the last: nothing'),
    (:'cash', 0, 0, NULL, NULL, NULL, 'no page: nothing'),
    (:'cash', 0, 9, '2026-01-01 00:00:02Z', NULL, '{2,3,4,5}', 'from_at is included'),
    (
        :'cash',
        0,
        9,
        '2026-01-01 00:00:02.000001Z',
        NULL,
        '{3,4,5}',
        'what was before from_at is not'
    ),
    (:'cash', 0, 9, NULL, '2026-01-01 00:00:03Z', '{1,2}', 'to_at is not included'),
    (:'cash', 0, 9, NULL, '2026-01-01 00:00:03.000001Z', '{1,2,3,4}', 'what was before to_at is'),
    (:'cash', 2, 9, '2026-01-01 00:00:01Z', '2026-01-01 00:00:04Z', '{3,4}', 'a page of a period'),
    (
        :'cash',
        0,
        9,
        '2026-01-01 00:00:04Z',
        '2026-01-01 00:00:02Z',
        NULL,
        'a period that ends before it begins'
    ),
    (:'foreign_cash', 0, 9, NULL, NULL, NULL, 'another organization''s account: no row'),
    ('acc_nowhere', 0, 9, NULL, NULL, NULL, 'no such account: no row'),
    (NULL, 0, 9, NULL, NULL, NULL, 'no account: no row')
) AS asked (account, after_version, page_size, from_at, to_at, versions, label);

-- Posting goes on between two pages

SELECT array_agg(entry.version) AS first_page
FROM ledger.account_statement(:shop, :'cash', 0, 3) AS entry \gset
SELECT
    given.post(given.journal('e', 'cash', 'sales', 1), given.journal('f', 'rent', 'cash', 1))
        AS posted
\gset
SELECT
    results_eq(
        format(
            'SELECT array_agg(entry.version ORDER BY entry.version) FROM ('
            ' SELECT unnest(%L::bigint[])'
            ' UNION ALL SELECT entry.version FROM ledger.account_statement(%s, %L, 3, 100) AS entry'
            ') AS entry (version)',
            :'first_page', :shop, :'cash'
        ),
        $$ VALUES ('{1,2,3,4,5,6,7}'::bigint[]) $$,
        'no entry twice and none left out when posting goes on between pages'
    );

RESET ROLE;

-- Of a long history a page reads itself alone

SELECT
    count(
        given.post(
            given.journal(
                'long' || nth, 'cash', 'sales', 0,
                jsonb_build_object(
                    'lines', (
                        SELECT jsonb_agg(given.line('cash', side, 1))
                        FROM generate_series(1, 25) AS pair
                        CROSS JOIN unnest('{DEBIT,CREDIT}'::text[]) AS side
                    )
                )
            )
        )
    ) AS posted
FROM generate_series(1, 20) AS nth \gset
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT pg_stat_get_xact_tuples_returned('ledger.entries_version_unique'::regclass) AS read \gset
SELECT count(entry.version) AS entries
FROM ledger.account_statement(:shop, :'cash', 100, 10) AS entry \gset
SELECT
    is(
        format(
            '%s, fewer than 50 read: %s',
            :entries,
            pg_stat_get_xact_tuples_returned('ledger.entries_version_unique'::regclass)
            - :read BETWEEN 10 AND 49
        ),
        '10, fewer than 50 read: t',
        'ten of a thousand entries: the others are not read'
    );

SELECT * FROM finish();
ROLLBACK;
