-- insert_journals(): a batch followed in memory, each journal judged as if it came alone. What the
-- outcomes mean is walked in post_journals.sql.
\ir ../../support/begin.psql

SELECT plan(24);

-- Shape

SELECT
    is(
        given.shape('ledger.insert_journals(jsonb, integer)'),
        'volatile invoker, private',
        'nobody but post_batch() and resolve_hold() calls it'
    );

-- Given a wallet of 100

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset

-- A journal of these lines.
CREATE FUNCTION pg_temp.journal(key text, VARIADIC lines jsonb[])
RETURNS jsonb
LANGUAGE sql
RETURN given.journal(
    journal.key, 'cash', 'sales', 1, jsonb_build_object('lines', to_jsonb(journal.lines))
);

-- Positions and outcomes of a batch, in a line.
CREATE FUNCTION pg_temp.inserted(first_position integer, VARIADIC journals jsonb[])
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT
        string_agg(
            concat_ws(' ', answer.journal_position, answer.outcome), ', ' ORDER BY answer.nth
        )
    FROM
        unnest(ledger.insert_journals(to_jsonb(inserted.journals), inserted.first_position))
        WITH ORDINALITY
            AS answer (journal_position, outcome, journal_id, recorded_at, details, nth);
END;

-- Acting as the owner: each outcome leaves its neighbours alone

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        pg_temp.inserted(
            7,
            given.journal('a', 'cash', 'sales', 10),
            given.journal('fund', 'cash', 'wallet', 100),
            given.journal('fund', 'cash', 'wallet', 101),
            pg_temp.journal('b', given.line('cash', 'DEBIT', 5), given.line('sales', 'CREDIT', 4)),
            pg_temp.journal('b', given.line('cash', 'DEBIT', 5), '{"account": "acc_nowhere"}'),
            given.journal('b', 'wallet', 'cash', 101),
            given.journal('b', 'wallet', 'cash', 100),
            given.journal('c', 'wallet', 'cash', 1),
            given.journal('c', 'cash', 'wallet', 1),
            given.journal('d', 'wallet', 'cash', 1)
        ),
        '7 posted, 8 replayed, 9 idempotency_key_conflict, 10 unbalanced, 11 unknown_account,'
        ' 12 limit_exceeded, 13 posted, 14 limit_exceeded, 15 posted, 16 posted',
        'an answer a journal, in order, from the first position on; who is refused keeps no key'
    );
SELECT
    is(
        given.balances('cash', 'wallet', 'sales'),
        '10 at 5, 0 at 4, 10 at 1',
        'each journal continues what those before it posted, and nothing of those refused'
    );
SELECT
    results_eq(
        $$
        SELECT entry.version, entry.balance_after, entry.chain_hash IS NOT NULL
        FROM ledger.entries AS entry
        INNER JOIN ledger.accounts AS account ON account.id = entry.account_id
        WHERE account.public_id = given.account('cash')
        ORDER BY entry.version
        $$,
        $$
        VALUES
        (1::bigint, 100::numeric, TRUE), (2, 110, FALSE), (3, 10, FALSE), (4, 11, FALSE), (5, 10, TRUE)
        $$,
        'an account''s history has no hole, and a hash where the batch ends'
    );
SELECT
    answer.journal_id,
    answer.recorded_at
FROM unnest(
    ledger.insert_journals(jsonb_build_array(given.journal('e', 'cash', 'sales', 1)), 1)
) AS answer \gset e_
SELECT
    results_eq(
        $$
        SELECT journal.public_id COLLATE "default", journal.recorded_at
        FROM ledger.journals AS journal
        WHERE journal.idempotency_key = 'e'
        $$,
        format('VALUES (%L, %L::timestamptz)', :'e_journal_id', :'e_recorded_at'),
        'posted: its id, and when'
    );
SELECT
    results_eq(
        $$
        SELECT answer.journal_id, answer.recorded_at, answer.details
        FROM unnest(
            ledger.insert_journals(jsonb_build_array(given.journal('f', 'wallet', 'cash', 1)), 1)
        ) AS answer
        $$,
        $$
        VALUES (NULL::text, NULL::timestamptz, jsonb_build_object('account', given.account('wallet')))
        $$,
        'beyond a limit: whose'
    );

-- Lines

SELECT
    is(
        pg_temp.inserted(
            1,
            pg_temp.journal(
                'g', given.line('wallet', 'DEBIT', 50), given.line('rent', 'DEBIT', 1),
                given.line('wallet', 'CREDIT', 50), given.line('cash', 'CREDIT', 1)
            )
        ),
        '1 posted',
        'below its floor between two lines, and not after them'
    );
SELECT
    is(
        pg_temp.inserted(
            1,
            pg_temp.journal(
                'h', given.line('cash EUR', 'DEBIT', 7), given.line('cash', 'DEBIT', 3),
                given.line('sales EUR', 'CREDIT', 7), given.line('sales', 'CREDIT', 3)
            )
        ),
        '1 posted',
        'two currencies that balance each'
    );
SELECT
    is(
        pg_temp.inserted(
            1,
            pg_temp.journal(
                'i', given.line('cash EUR', 'DEBIT', 7), given.line('sales', 'CREDIT', 7)
            )
        ),
        '1 unbalanced',
        '… and that balance only together'
    );
SELECT
    is(
        pg_temp.inserted(
            1,
            given.journal('j', 'cash EUR', 'sales EUR', repeat('9', 78)::numeric),
            given.journal('k', 'sales EUR', 'cash EUR', repeat('9', 78)::numeric),
            given.journal('l', 'cash EUR', 'sales EUR', repeat('9', 78)::numeric - 7),
            given.journal('m', 'cash EUR', 'sales EUR', 1)
        ),
        '1 limit_exceeded, 2 posted, 3 posted, 4 posted',
        'a balance has 78 digits, on either side of zero'
    );
SELECT
    is(
        given.balances('cash EUR', 'sales EUR'), '1 at 4, 1 at 4', '… each of which is there'
    );
SELECT
    is(
        pg_temp.inserted(
            1,
            given.journal('far', 'cash EUR', 'sales EUR', repeat('9', 78)::numeric - 1),
            given.journal(
                'farther', 'cash EUR', 'sales EUR', 1,
                jsonb_build_object(
                    'lines',
                    (
                        SELECT jsonb_agg(given.line('cash EUR', 'DEBIT', repeat('9', 78)::numeric))
                        FROM generate_series(1, 100)
                    )
                )
            )
        ),
        '1 posted, 2 unbalanced',
        'what does not balance is told so, however far beyond 78 digits it leads'
    );
SELECT
    is(
        pg_temp.inserted(1, given.journal('n', 'cash', 'sales', 1, '{}', 'other'))
        || ', '
        || pg_temp.inserted(
            1,
            given.journal('n', 'cash', 'sales', 1, '{}', 'other')
            || jsonb_build_object('organization_id', :shop)
        ),
        '1 posted, 1 unknown_account',
        'accounts are of the organization that asks, though another''s are locked beside'
    );
SELECT
    is(
        ledger.insert_journals(
            jsonb_build_array(
                given.journal('t', 'cash', 'sales', 1), given.journal('t', 'wallet', 'cash', 1)
            ),
            1
        ),
        NULL,
        'a key of one that is to be posted before: it cannot say what the second is'
    );
SELECT is(pg_temp.inserted(1, variadic '{}'), NULL, 'no journals, no answers');
SELECT is(ledger.insert_journals('[]', 1), '{}', '… an empty list of them');

-- Limits, with what is held

SELECT
    is(
        pg_temp.inserted(1, given.journal('u', 'cash', 'wallet', 100)),
        '1 posted',
        'given 100 in the wallet'
    );
SELECT given.open('capped', 'asset', '{"floor": "-5", "ceiling": "1000"}') AS opened \gset
SELECT given.hold('going', 30) AS going \gset
SELECT
    given.hold(
        'coming', 7,
        jsonb_build_object(
            'debit_account', given.account('capped'), 'credit_account', given.account('sales')
        )
    ) AS coming
\gset
SELECT
    is(
        pg_temp.inserted(
            1,
            given.journal('v', 'wallet', 'cash', 71),
            given.journal('v', 'wallet', 'cash', 70),
            given.journal('w', 'capped', 'sales', 994),
            given.journal('w', 'capped', 'sales', 993),
            given.journal('x', 'sales', 'capped', 999),
            given.journal('x', 'sales', 'capped', 998)
        ),
        '1 limit_exceeded, 2 posted, 3 limit_exceeded, 4 posted, 5 limit_exceeded, 6 posted',
        'an account goes to its floor and ceiling less what is held, and no further'
    );

-- What it does not answer, it raises

SELECT
    throws_ok(
        format('SELECT ledger.insert_journals(%L, 1)', bad.journals),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    (
        jsonb_build_array(
            given.journal('o', 'cash', 'sales', 1), given.journal('o', 'cash', 'sales', 1)
        ),
        '23505', 'duplicate key value violates unique constraint "journals_idempotency_key_unique"',
        'a key that stands there twice'
    ),
    (
        jsonb_build_array(
            given.journal('p', 'cash', 'sales', 1), given.journal('q', 'cash', 'sales', 0.5)
        ),
        'TL307', 'amount is not a whole number above zero', 'half of the smallest unit'
    ),
    (
        jsonb_build_array(
            pg_temp.journal(
                'q', given.line('cash', 'DEBIT', 1), given.line('sales', 'CREDIT', 1) - 'side'
            )
        ),
        '23502', 'null value in column "side" of relation "entries" violates not-null constraint',
        'a line without a side'
    )
) AS bad (journals, code, message, label);

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT ledger.insert_journals(''[]'', 1)',
        '42501', 'permission denied for function insert_journals', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
