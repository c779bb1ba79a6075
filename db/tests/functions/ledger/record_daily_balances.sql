-- record_daily_balances(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(20);

-- Shape

SELECT
    is(
        given.shape('ledger.record_daily_balances(date)'),
        'volatile definer, pgtill_operator',
        'operators alone keep days'
    );

-- Given days in March: cash moves on the 27th, 28th and 29th, rent and another book on the 28th

SELECT given.book() AS shop \gset
SELECT given.account('cash') AS cash \gset
SELECT
    given.post(
        given.journal('a', 'cash', 'sales', 1),
        given.journal('b', 'cash', 'sales', 10),
        given.journal('c', 'rent', 'cash', 100),
        given.journal('d', 'cash', 'sales', 1000),
        given.journal('e', 'cash', 'sales', 5, '{}', 'other')
    ) AS posted
\gset
SELECT count(given.backdate(past.key, past.moment)) AS moved
FROM (
    VALUES
    ('a', '2026-03-27 23:59:59.999999Z'::timestamptz),
    ('b', '2026-03-28 00:00:00Z'),
    ('c', '2026-03-28 23:59:59.999999Z'),
    ('e', '2026-03-28 12:00:00Z'),
    -- Clocks change in Europe.
    ('d', '2026-03-29 00:00:00Z')
) AS past (key, moment) \gset

CREATE FUNCTION pg_temp.kept()
RETURNS TABLE (day date, organization text, name text, version bigint, balance numeric)
LANGUAGE sql
BEGIN ATOMIC
    SELECT
        closing.day,
        tenant.name AS organization,
        account.name,
        closing.version,
        closing.balance
    FROM ledger.daily_balances AS closing
    INNER JOIN ledger.accounts AS account ON closing.account_id = account.id
    INNER JOIN identity.organizations AS tenant ON account.organization_id = tenant.id
    ORDER BY closing.day, tenant.name, account.name;
END;

-- Acting as an operator who lives far from UTC

SET LOCAL ROLE pgtill_operator;
SET LOCAL timezone = 'America/Los_Angeles';

SELECT
    is(
        ledger.record_daily_balances('2026-03-26'),
        0::bigint,
        'a day before the first entry keeps nothing'
    );
SELECT
    is(
        ledger.record_daily_balances('2026-03-28'),
        5::bigint,
        'the accounts of all books that moved'
    );
SELECT is(ledger.record_daily_balances('2026-03-28'), 0::bigint, '… once');

RESET ROLE;

SELECT
    results_eq(
        'SELECT kept.* FROM pg_temp.kept() AS kept',
        $$
        VALUES
        ('2026-03-28'::date, 'other', 'cash', 1::bigint, 5::numeric),
        ('2026-03-28', 'other', 'sales', 1, 5),
        ('2026-03-28', 'shop', 'cash', 3, -89),
        ('2026-03-28', 'shop', 'rent', 1, 100),
        ('2026-03-28', 'shop', 'sales', 2, 11)
        $$,
        'a day ends at midnight UTC, wherever the session is'
    );

SET LOCAL ROLE pgtill_operator;

SELECT
    is(
        ledger.record_daily_balances('2026-03-27'), 2::bigint, 'an earlier day can be kept later'
    );
SELECT
    is(
        ledger.record_daily_balances('2026-03-29'), 2::bigint, 'only what moved since gets a row'
    );
SELECT
    is(
        ledger.record_daily_balances('2026-04-30'),
        0::bigint,
        'days on which nothing moved get none'
    );

RESET ROLE;

SELECT
    results_eq(
        $$ SELECT kept.* FROM pg_temp.kept() AS kept WHERE kept.day <> '2026-03-28' $$,
        $$
        VALUES
        ('2026-03-27'::date, 'shop', 'cash', 1::bigint, 1::numeric),
        ('2026-03-27', 'shop', 'sales', 1, 1),
        ('2026-03-29', 'shop', 'cash', 4, 911),
        ('2026-03-29', 'shop', 'sales', 3, 1011)
        $$,
        'the first moment of a day is in it, the last of the day before is not'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT answer.version
            FROM unnest('{2026-03-27 23:59:59.999999Z, 2026-03-28 23:59:59.999999Z, 2026-04-30}'::timestamptz[])
                WITH ORDINALITY AS asked (moment, nth)
            CROSS JOIN LATERAL ledger.balance_at(%s, %L, asked.moment) AS answer
            ORDER BY asked.nth
            $$,
            :shop, :'cash'
        ),
        $$ VALUES (1::bigint), (3), (4) $$,
        'balance_at() stands where the days do'
    );

-- A day between two that were kept

SELECT
    given.post(given.journal('f', 'cash', 'sales', 7), given.journal('g', 'cash', 'sales', 8))
        AS posted
\gset
SELECT count(given.backdate(past.key, past.moment)) AS moved
FROM (
    VALUES ('f', '2026-05-01 10:00Z'::timestamptz), ('g', '2026-05-03 10:00Z')
) AS past (key, moment) \gset

SET LOCAL ROLE pgtill_operator;

SELECT is(ledger.record_daily_balances('2026-05-03'), 2::bigint, 'a day is left out');
SELECT
    is(
        ledger.record_daily_balances('2026-05-02'),
        2::bigint,
        '… and kept later, with the day before in it'
    );
SELECT is(ledger.record_daily_balances('2026-05-01'), 0::bigint, 'an entry closes one day only');

-- Refusals

SELECT
    throws_ok(
        format('SELECT ledger.record_daily_balances(%L::date)', refused.day),
        'TL310', 'the day is not over', format('%s is not over', refused.label)
    )
FROM (
    VALUES
    ((clock_timestamp() AT TIME ZONE 'UTC')::date::text, 'today in UTC'),
    (((clock_timestamp() AT TIME ZONE 'UTC')::date + 1)::text, 'tomorrow'),
    ('infinity', 'the end of time')
) AS refused (day, label);
SELECT is(ledger.record_daily_balances(NULL), 0::bigint, 'no day keeps nothing');

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$ SELECT ledger.record_daily_balances('2026-03-28') $$,
        '42501', 'permission denied for function record_daily_balances', 'the service keeps no days'
    );

RESET ROLE;

-- State after

SELECT
    is_empty(
        $$
        SELECT anomaly.* FROM ledger.anomalies AS anomaly
        WHERE anomaly.rule = 'daily_balance_differs'
        $$,
        'every daily balance is that of the last entry of its day'
    );
SELECT
    is(
        (
            SELECT count(*) FROM ledger.daily_balances
        ),
        13::bigint,
        'nothing was kept twice'
    );

SELECT * FROM finish();
ROLLBACK;
