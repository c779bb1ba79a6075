-- trial_balance(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(15);

-- Shape

SELECT
    is(
        given.shape('ledger.trial_balance(bigint, timestamptz, text, integer)'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Given two currencies, an asset below zero, and another book

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal('a', 'cash', 'wallet', 100),
        given.journal('b', 'rent', 'cash', 130),
        given.journal('c', 'cash EUR', 'sales EUR', repeat('9', 78)::numeric),
        given.journal('d', 'cash', 'sales', 5, '{}', 'other')
    ) AS posted
\gset
SELECT count(given.backdate(past.key, past.moment)) AS moved
FROM (
    VALUES
    ('a', '2026-01-01 23:59:59.999999Z'::timestamptz), ('b', '2026-01-02 00:00Z'),
    ('c', '2026-01-03 00:00Z')
) AS past (key, moment) \gset

CREATE FUNCTION pg_temp.columns_differ(organization_id bigint, moment timestamptz)
RETURNS TABLE (currency text)
LANGUAGE sql
BEGIN ATOMIC
    SELECT standing.currency
    FROM ledger.trial_balance(columns_differ.organization_id, columns_differ.moment) AS standing
    GROUP BY standing.currency
    HAVING sum(standing.debit) <> sum(standing.credit);
END;

-- Acting as the service

SET LOCAL ROLE pgtill_service;
SELECT
    results_eq(
        format(
            $$
            SELECT
                standing.name COLLATE "default", standing.type, standing.currency COLLATE "default",
                standing.exponent, standing.debit, standing.credit
            FROM ledger.trial_balance(%s) AS standing
            $$,
            :shop
        ),
        format(
            $$
            VALUES
            ('cash', 'asset', 'EUR', 2, %1$s::numeric, 0::numeric),
            ('sales', 'revenue', 'EUR', 2, 0, %1$s),
            ('cash', 'asset', 'USD', 2, 0, 30),
            ('rent', 'expense', 'USD', 2, 130, 0),
            ('sales', 'revenue', 'USD', 2, 0, 0),
            ('wallet', 'liability', 'USD', 2, 0, 100)
            $$,
            repeat('9', 78)
        ),
        'every account of the book by currency and name; below zero stands in the other column'
    );
SELECT
    is(
        (
            SELECT
                string_agg(
                    format('%s %s-%s', standing.name, standing.debit, standing.credit), ', '
                )
            FROM ledger.trial_balance(:shop, asked.moment) AS standing
            WHERE standing.debit + standing.credit > 0
        ),
        asked.balances,
        asked.label
    )
FROM (
    VALUES
    ('2026-01-01Z'::timestamptz, NULL, 'before the first: all zero'),
    ('2026-01-01 23:59:59.999999Z', 'cash 100-0, wallet 0-100', 'at the last moment of a day'),
    ('2026-01-02Z', 'cash 0-30, rent 130-0, wallet 0-100', 'at the first of the next'),
    ('-infinity', NULL, 'at the beginning of time')
) AS asked (moment, balances, label);

RESET ROLE;
SET LOCAL ROLE pgtill_operator;

SELECT is(ledger.record_daily_balances('2026-01-01'), 2::bigint, 'given the balances of a day');

RESET ROLE;
SET LOCAL ROLE pgtill_auditor;

SELECT
    is(
        (
            SELECT
                string_agg(
                    format('%s %s-%s', standing.name, standing.debit, standing.credit), ', '
                )
            FROM ledger.trial_balance(:shop, '2026-01-02Z') AS standing
            WHERE standing.debit + standing.credit > 0
        ),
        'cash 0-30, rent 130-0, wallet 0-100',
        'the same from the day before on'
    );
-- Page by page

SELECT
    results_eq(
        format(
            $$
            WITH RECURSIVE pages AS (
                SELECT 1 AS nth, page.*
                FROM (
                    SELECT array_agg(standing.name || ' ' || standing.currency) AS names, max(standing.account_id) AS last
                    FROM ledger.trial_balance(%1$s, NULL, NULL, 1) AS standing
                ) AS page
                UNION ALL
                SELECT pages.nth + 1, page.*
                FROM pages
                CROSS JOIN LATERAL (
                    SELECT array_agg(standing.name || ' ' || standing.currency) AS names, max(standing.account_id) AS last
                    FROM ledger.trial_balance(%1$s, NULL, pages.last, 1) AS standing
                    HAVING count(*) > 0
                ) AS page
            )
            SELECT pages.names[1] FROM pages ORDER BY pages.nth
            $$,
            :shop
        ),
        format(
            $$
            SELECT standing.name || ' ' || standing.currency
            FROM ledger.trial_balance(%s) AS standing
            $$,
            :shop
        ),
        'one by one, each once and in order'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT standing.name COLLATE "default", standing.credit
            FROM ledger.trial_balance(%s, '2026-01-02Z', %L, 2) AS standing
            $$,
            :shop, given.account('rent')
        ),
        $$ VALUES ('sales', 0::numeric), ('wallet', 100) $$,
        'two of them, at a moment'
    );
SELECT
    is_empty(
        format(
            'SELECT standing.* FROM ledger.trial_balance(%s, NULL, %L) AS standing',
            :shop, given.account('cash', 'other')
        ),
        'after an account of another book: no row'
    );

SELECT
    is_empty(
        'SELECT standing.* FROM ledger.trial_balance(-1) AS standing', 'no such book: no row'
    );
SELECT is_empty('SELECT standing.* FROM ledger.trial_balance(NULL) AS standing', 'no book: no row');

RESET ROLE;

SELECT
    is_empty(
        format(
            $$
            SELECT asked.moment
            FROM unnest(ARRAY[NULL, 'infinity', '2026-01-01 23:59:59.999999Z', '2026-01-02Z']::timestamptz[])
                AS asked (moment)
            CROSS JOIN LATERAL pg_temp.columns_differ(%s, asked.moment)
            $$,
            :shop
        ),
        'both columns of a currency are one sum at any moment'
    );
SELECT
    is(
        (
            SELECT sum(standing.debit) FROM ledger.trial_balance(
                (
                    SELECT tenant.id FROM identity.organizations AS tenant
                    WHERE tenant.name = 'other'
                )
            ) AS standing
        ),
        5::numeric,
        'another book is another trial balance'
    );

SELECT * FROM finish();
ROLLBACK;
