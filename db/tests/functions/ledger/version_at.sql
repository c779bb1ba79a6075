-- version_at(): the last version recorded until a moment, wherever the search begins.
\ir ../../support/begin.psql

SELECT plan(15);

-- Shape

SELECT
    is(
        given.shape('ledger.version_at(bigint, bigint, timestamptz)'),
        'stable invoker, private',
        'nobody but the functions that read the past calls it'
    );

-- Given seven entries: one, three of the same moment, three more

SELECT given.book() AS shop \gset
SELECT count(given.post(given.journal('k' || nth, 'cash', 'sales', nth))) AS posted
FROM generate_series(1, 7) AS nth \gset
SELECT count(given.backdate(past.key, past.moment)) AS moved
FROM (
    VALUES
    ('k1', '2026-01-01 00:02Z'::timestamptz),
    ('k2', '2026-01-01 00:03Z'),
    ('k3', '2026-01-01 00:03Z'),
    ('k4', '2026-01-01 00:03Z'),
    ('k5', '2026-01-01 00:05Z'),
    ('k6', '2026-01-01 00:06Z'),
    ('k7', '2026-01-01 00:07Z')
) AS past (key, moment) \gset
SELECT account.id AS cash FROM ledger.accounts AS account
WHERE account.public_id = given.account('cash') \gset

SELECT is(ledger.version_at(:cash, 7, asked.moment), asked.version::bigint, asked.label)
FROM (
    VALUES
    ('2026-01-01 00:01:59Z'::timestamptz, 0, 'before the first'),
    ('2026-01-01 00:02Z', 1, 'at the first'),
    ('2026-01-01 00:03Z', 4, 'of three entries of one moment, the last'),
    ('2026-01-01 00:02:59.999999Z', 1, 'none of them a microsecond before'),
    ('2026-01-01 00:06Z', 6, 'between the last two'),
    ('2026-01-01 00:07Z', 7, 'at the last'),
    ('infinity', 7, 'at the end of time'),
    ('-infinity', 0, 'at its beginning')
) AS asked (moment, version, label);
SELECT
    is(
        (
            SELECT array_agg(ledger.version_at(:cash, 7, entry.recorded_at) ORDER BY entry.version)
            FROM ledger.entries AS entry
            WHERE entry.account_id = :cash
        ),
        '{1,4,4,4,5,6,7}'::bigint[],
        'every entry finds the last of its moment'
    );
SELECT is(ledger.version_at(-1, 0, now()), 0::bigint, 'without an entry: 0');

-- Days that were kept bound the search: of wrong ones it does not leave the bounds

INSERT INTO ledger.daily_balances (account_id, day, version, balance)
SELECT
    entry.account_id,
    kept.day,
    entry.version,
    entry.balance_after
FROM (
    VALUES ('2025-12-31'::date, 2), ('2026-01-01', 5)
) AS kept (day, version)
INNER JOIN ledger.entries AS entry ON entry.account_id = :cash AND kept.version = entry.version;
SELECT is(ledger.version_at(:cash, 7, asked.moment), asked.version::bigint, asked.label)
FROM (
    VALUES
    ('2026-01-01Z'::timestamptz, 2, 'not below the last day before'),
    ('2026-01-01 23:59:59.999999Z', 5, 'not above the end of the day itself'),
    ('2025-12-31 00:00Z', 0, 'the day itself is no lower bound'),
    ('2026-01-02Z', 7, 'after the last day that was kept, up to the last version')
) AS asked (moment, version, label);

SELECT * FROM finish();
ROLLBACK;
