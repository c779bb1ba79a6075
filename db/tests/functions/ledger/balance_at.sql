-- balance_at(): the contract its COMMENT promises, with daily balances and without.
\ir ../../support/begin.psql

SELECT plan(36);

-- Shape

SELECT
    is(
        given.shape('ledger.balance_at(bigint, text, timestamptz)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given postings around midnights, two of them nights in which clocks change

SELECT given.book() AS shop \gset
SELECT
    given.account('cash') AS cash,
    given.account('cash', 'other') AS foreign_cash,
    given.account('rent') AS rent
\gset
SELECT
    given.post(
        given.journal('a', 'cash', 'sales', 1),
        given.journal('b', 'cash', 'sales', 10),
        given.journal('c', 'cash', 'sales', 100),
        given.journal('d', 'sales', 'cash', 1000),
        given.journal('e', 'cash', 'sales', 10000, '{"event_at": "2026-03-01T00:00:00Z"}')
    ) AS posted
\gset
SELECT count(given.backdate(past.key, past.moment)) AS moved
FROM (
    VALUES
    ('a', '2026-03-28 23:59:59.999999Z'::timestamptz),
    ('b', '2026-03-29 00:00:00Z'),
    ('c', '2026-03-29 23:30:00Z'),
    ('d', '2026-10-25 00:30:00Z'),
    ('e', '2026-10-25 23:59:59.999999Z')
) AS past (key, moment) \gset

CREATE TEMPORARY TABLE expected AS
SELECT asked.*
FROM (
    VALUES
    ('2026-03-01 00:00:00Z'::timestamptz, 0, 0, 'before the first, though something had happened'),
    ('2026-03-28 23:59:59.999998Z', 0, 0, 'a microsecond before the first'),
    ('2026-03-28 23:59:59.999999Z', 1, 1, 'at the first, the last moment of its day'),
    ('2026-03-29 00:00:00Z', 11, 2, 'at the first moment of a day'),
    ('2026-03-29 23:29:59.999999Z', 11, 2, 'before the last of a day'),
    ('2026-03-30 00:00:00Z', 111, 3, 'after the last of a day'),
    ('2026-07-01 00:00:00Z', 111, 3, 'in months without an entry'),
    ('2026-10-25 00:30:00Z', -889, 4, 'below zero'),
    ('2026-10-25 23:59:59.999998Z', -889, 4, 'a microsecond before the last'),
    ('2026-10-25 23:59:59.999999Z', 9111, 5, 'at the last'),
    ('2026-10-26 00:00:00Z', 9111, 5, 'a day later'),
    ('infinity', 9111, 5, 'at the end of time'),
    ('-infinity', 0, 0, 'at its beginning'),
    (NULL, 9111, 5, 'NULL: now')
) AS asked (moment, balance, version, label);
GRANT SELECT ON expected TO public;

-- Acting as the service, without daily balances

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        (
            SELECT format('%s at %s', answer.balance, answer.version)
            FROM ledger.balance_at(:shop, :'cash', asked.moment) AS answer
        ),
        format('%s at %s', asked.balance, asked.version),
        asked.label
    )
FROM expected AS asked;
SELECT
    results_eq(
        format(
            'SELECT answer.balance, answer.version, answer.recorded_at,'
            ' answer.currency COLLATE "default"'
            ' FROM ledger.balance_at(%s, %L, %L) AS answer',
            :shop, :'cash', '2026-03-29 12:00Z'
        ),
        $$ VALUES (11::numeric, 2::bigint, '2026-03-29 00:00:00Z'::timestamptz, 'USD') $$,
        'when the entry was recorded, and the currency'
    );
SELECT
    results_eq(
        format(
            'SELECT answer.balance, answer.version, answer.recorded_at,'
            ' answer.currency COLLATE "default"'
            ' FROM ledger.balance_at(%s, %L, now()) AS answer',
            :shop, :'rent'
        ),
        $$ VALUES (0::numeric, 0::bigint, NULL::timestamptz, 'USD') $$,
        'nothing was posted: zero at version 0'
    );
SELECT
    is_empty(
        format(
            'SELECT answer.* FROM ledger.balance_at(%s, %L, now()) AS answer', :shop, named.account
        ),
        named.label
    )
FROM (
    VALUES
    (:'foreign_cash', 'another organization''s account: no row'),
    ('acc_nowhere', 'no such account: no row'),
    (NULL, 'no account: no row')
) AS named (account, label);

-- With daily balances, and a session that lives elsewhere

SET LOCAL ROLE pgtill_operator;

SELECT
    is(
        (
            SELECT sum(ledger.record_daily_balances(day::date))
            FROM unnest('{2026-03-28,2026-03-29,2026-10-24,2026-10-25}'::date[]) AS day
        ),
        6::numeric,
        'given the daily balances of three days, on which two accounts moved'
    );

SET LOCAL ROLE pgtill_service;
SET LOCAL timezone = 'Pacific/Kiritimati';

SELECT
    is(
        (
            SELECT format('%s at %s', answer.balance, answer.version)
            FROM ledger.balance_at(:shop, :'cash', asked.moment) AS answer
        ),
        format('%s at %s', asked.balance, asked.version),
        format('%s: the same with daily balances, 14 hours ahead', asked.label)
    )
FROM expected AS asked;

RESET timezone;
RESET ROLE;

-- That daily balances are read at all: of a wrong one the search does not go below its version

ALTER TABLE ledger.daily_balances DISABLE TRIGGER USER;
UPDATE ledger.daily_balances AS closing
SET version = 4
FROM ledger.accounts AS account
WHERE
    account.public_id = :'cash' AND closing.account_id = account.id AND closing.day = '2026-03-28';
SELECT
    is(
        (
            SELECT answer.version
            FROM ledger.balance_at(:shop, :'cash', '2026-03-29 12:00Z') AS answer
        ),
        4::bigint,
        'the search begins at the daily balance before the day'
    );

SELECT * FROM finish();
ROLLBACK;
