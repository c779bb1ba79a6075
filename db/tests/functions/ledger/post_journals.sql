-- post_journals(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(47);

-- Shape

SELECT
    is(
        given.shape('ledger.post_journals(jsonb, boolean)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators call it, with the rights of the owner'
    );
SELECT
    is(
        pg_get_function_result('ledger.post_journals(jsonb, boolean)'::regprocedure),
        'TABLE(journal_position integer, outcome text, journal_id text, recorded_at timestamp with'
        ' time zone, details jsonb)',
        'it answers one row a journal'
    );

-- Given two books

SELECT given.book() AS shop \gset

-- Out of the wallet and into it in one journal, with the one or the other first.
CREATE FUNCTION given.turns(key text, out_amount numeric, in_amount numeric, starts_with text)
RETURNS jsonb
LANGUAGE sql
AS $function$
    SELECT
        given.journal(
            turns.key, 'cash', 'wallet', 1,
            jsonb_build_object(
                'lines',
                jsonb_agg(turn.line ORDER BY (turn.line ->> 'side' = turns.starts_with) DESC)
            )
        )
    FROM (
        VALUES
        (given.line('wallet', 'DEBIT', turns.out_amount)),
        (given.line('wallet', 'CREDIT', turns.in_amount)),
        (
            given.line(
                'cash',
                CASE WHEN turns.in_amount > turns.out_amount THEN 'DEBIT' ELSE 'CREDIT' END,
                abs(turns.in_amount - turns.out_amount)
            )
        )
    ) AS turn (line)
$function$;

-- 128 journals: one would take 64 out of the wallet when it has 63 more than before.
CREATE FUNCTION given.batch(prefix text)
RETURNS jsonb
LANGUAGE sql
AS $function$
    SELECT
        jsonb_agg(
            CASE journal.nth
                WHEN 64 THEN given.journal(batch.prefix || '64', 'wallet', 'cash', 64)
                ELSE given.journal(batch.prefix || journal.nth, 'cash', 'wallet', 1)
            END
            ORDER BY journal.nth
        )
    FROM generate_series(1, 128) AS journal (nth)
$function$;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA given TO public;

-- Acting as the service: posted

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            answer.journal_position,
            answer.outcome,
            answer.journal_id ~ '^jrn_[0-9a-f]{24}$',
            answer.recorded_at BETWEEN now() AND clock_timestamp(),
            answer.details
        FROM ledger.post_journals(
            jsonb_build_array(
                given.journal('a1', 'cash', 'sales', 100), given.journal('a2', 'rent', 'cash', 30)
            )
        ) AS answer
        $$,
        $$ VALUES (1, 'posted', TRUE, TRUE, NULL::jsonb), (2, 'posted', TRUE, TRUE, NULL) $$,
        'a row a journal, in order'
    );
SELECT
    is(
        given.balances('cash', 'sales', 'rent'),
        '70 at 2, 100 at 1, 30 at 1',
        'balances are positive on the normal side, versions count entries'
    );
SELECT
    is(
        given.post(
            given.journal(
                'a3', 'cash', 'sales', 1,
                jsonb_build_object(
                    'lines',
                    jsonb_build_array(
                        given.line('cash', 'DEBIT', 5), given.line('cash', 'DEBIT', 6),
                        given.line('sales', 'CREDIT', 11), given.line('cash EUR', 'DEBIT', 7),
                        given.line('sales EUR', 'CREDIT', 7)
                    )
                )
            )
        ),
        'posted',
        'one account twice, two currencies that balance each'
    );
SELECT is(given.balances('cash', 'cash EUR'), '81 at 4, 7 at 1', '… every line counts');
SELECT
    is(
        given.post(
            given.journal(
                'a4', 'cash', 'sales', 1,
                '{"reason": "why", "actor": "who", "event_at": "2020-02-29T12:00:00+02:00",'
                ' "payment_reference": "pay_1"}'
            )
        ),
        'posted',
        'event time is the caller''s'
    );
SELECT
    results_eq(
        format(
            'SELECT listed.reason, listed.actor, listed.event_at,'
            ' listed.payment_reference COLLATE "default"'
            ' FROM ledger.list_journals(%s, NULL, 1) AS listed',
            :shop
        ),
        $$ VALUES ('why', 'who', '2020-02-29 10:00:00+00'::timestamptz, 'pay_1') $$,
        '… and what was said is kept'
    );

-- replayed, idempotency_key_conflict

SELECT answer.journal_id AS first
FROM ledger.post_journals(jsonb_build_array(given.journal('b', 'cash', 'sales', 1))) AS answer \gset
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.journal_id
        FROM ledger.post_journals(jsonb_build_array(given.journal('b', 'cash', 'sales', 1))) AS answer
        $$,
        format('VALUES (%L, %L)', 'replayed', :'first'),
        'the same key and request: the first journal'
    );
SELECT is(given.balances('sales'), '113 at 4', '… posted once');
SELECT
    is(
        given.post(given.journal('b', 'cash', 'sales', 2)),
        'idempotency_key_conflict',
        'the same key for another request'
    );
SELECT
    is(
        given.post(given.journal('b', 'cash', 'sales', 1, '{}', 'other')),
        'posted',
        'a key is its organization''s own'
    );
SELECT
    is(
        given.post(
            given.journal('c', 'cash', 'sales', 1),
            given.journal('c', 'cash', 'sales', 1),
            given.journal('c', 'cash', 'sales', 2),
            given.journal('d', 'cash', 'sales', 1)
        ),
        'posted, replayed, idempotency_key_conflict, posted',
        'one key thrice in a batch: the first leads, neighbours are left alone'
    );
SELECT is(given.balances('sales'), '115 at 6', '… and posted once');

-- unbalanced, unknown_account, currency_mismatch

RESET ROLE;

CREATE TEMPORARY TABLE refused AS
SELECT
    refused.outcome,
    refused.details::jsonb,
    given.journal('e', 'cash', 'sales', 1, jsonb_build_object('lines', refused.lines)) AS journal,
    refused.label
FROM (
    VALUES
    (
        'unbalanced', '{"currency": "USD"}',
        jsonb_build_array(given.line('cash', 'DEBIT', 2), given.line('sales', 'CREDIT', 1)),
        'debits and credits differ'
    ),
    (
        'unbalanced', '{"currency": "USD"}',
        jsonb_build_array(given.line('cash', 'DEBIT', 1), given.line('rent', 'DEBIT', 1)),
        'two debits'
    ),
    (
        'unbalanced', '{"currency": "EUR"}',
        jsonb_build_array(given.line('cash', 'DEBIT', 100), given.line('sales EUR', 'CREDIT', 100)),
        '100 USD against 100 EUR'
    ),
    ('unbalanced', '{}', '[]'::jsonb, 'no lines'),
    (
        'unknown_account', '{"line": 2, "account": "acc_nowhere"}',
        jsonb_build_array(
            given.line('cash', 'DEBIT', 1),
            '{"account": "acc_nowhere", "side": "CREDIT", "amount": "1"}'::jsonb
        ),
        'an account that does not exist'
    ),
    (
        'unknown_account', format('{"line": 1, "account": "%s"}', given.account('cash', 'other')),
        jsonb_build_array(
            given.line('cash', 'DEBIT', 1, 'other'), given.line('sales', 'CREDIT', 1)
        ),
        'another organization''s account'
    ),
    (
        'currency_mismatch',
        format('{"line": 1, "account": "%s", "currency": "USD"}', given.account('cash')),
        jsonb_build_array(
            given.line('cash', 'DEBIT', 1) || '{"currency": "USDT"}',
            given.line('sales', 'CREDIT', 1)
        ),
        'a line that says another currency than its account has'
    )
) AS refused (outcome, details, lines, label);
GRANT SELECT ON refused TO pgtill_service;

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            'SELECT answer.outcome, answer.details, answer.journal_id'
            ' FROM ledger.post_journals(%L) AS answer',
            jsonb_build_array(refused.journal)
        ),
        format('VALUES (%L, %L::jsonb, NULL::text)', refused.outcome, refused.details),
        refused.label
    )
FROM refused;
SELECT
    is(
        given.post(
            given.journal('f1', 'cash', 'sales', 1),
            (
                SELECT refused.journal FROM refused
                WHERE refused.label = 'two debits'
            ),
            given.journal('f2', 'cash', 'sales', 1)
        ),
        'posted, unbalanced, posted',
        'a refused journal leaves its neighbours alone'
    );
SELECT is(given.post(given.journal('e', 'cash', 'sales', 1)), 'posted', 'its key stays free');

-- limit_exceeded: the wallet never goes below zero

SELECT
    is(
        given.post(
            given.journal('g1', 'cash', 'wallet', 10),
            given.journal('g2', 'wallet', 'cash', 11),
            given.journal('g3', 'wallet', 'cash', 6),
            given.journal('g4', 'wallet', 'cash', 5),
            given.journal('g5', 'cash', 'wallet', 1),
            given.journal('g6', 'wallet', 'cash', 5)
        ),
        'posted, limit_exceeded, posted, limit_exceeded, posted, posted',
        'limits are judged in input order; a refused journal has no effect on later ones'
    );
SELECT is(given.balances('wallet'), '0 at 4', '… and moves nothing');
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.details
        FROM ledger.post_journals(jsonb_build_array(given.journal('g4', 'wallet', 'cash', 1))) AS answer
        $$,
        $$ VALUES ('limit_exceeded', jsonb_build_object('account', given.account('wallet'))) $$,
        'the account is named'
    );
SELECT
    is(
        given.post(
            given.journal('h1', 'cash EUR', 'sales EUR', repeat('9', 78)::numeric - 7),
            given.journal('h2', 'cash EUR', 'sales EUR', 1),
            given.journal('h3', 'cash', 'sales', ('1' || repeat('0', 78))::numeric)
        ),
        'posted, limit_exceeded, limit_exceeded',
        'a balance has 78 digits, and so has an amount'
    );

-- … after all lines of a journal, whose order does not matter

SELECT
    is(
        given.post(
            given.turns('o1', 100, 101, 'DEBIT'),
            given.turns('o2', 100, 101, 'CREDIT'),
            given.turns('o3', 103, 100, 'DEBIT'),
            given.turns('o4', 103, 100, 'CREDIT'),
            given.turns('o5', 102, 100, 'CREDIT')
        ),
        'posted, posted, limit_exceeded, limit_exceeded, posted',
        'an account twice in a journal: only where it ends counts'
    );
SELECT is(given.balances('wallet'), '0 at 10', '… and each line is a version');
SELECT
    is(
        given.post(
            given.journal('p1', 'wallet', 'cash', 1), given.journal('p2', 'cash', 'wallet', 9)
        ),
        'limit_exceeded, posted',
        'a later journal repairs no earlier one'
    );
SELECT
    is(
        given.post(
            given.journal('p3', 'cash', 'wallet', 1), given.journal('p4', 'wallet', 'cash', 10)
        ),
        'posted, posted',
        '… but an earlier one allows a later one'
    );
SELECT
    is(
        given.post(
            given.journal(
                'p5', 'cash EUR', 'sales EUR', 1,
                jsonb_build_object(
                    'lines',
                    jsonb_build_array(
                        given.line('cash EUR', 'DEBIT', repeat('9', 78)::numeric),
                        given.line('cash EUR', 'CREDIT', repeat('9', 78)::numeric)
                    )
                )
            )
        ),
        'posted',
        'between its lines a balance may have 79 digits'
    );

-- … of 128 journals, one refused: its neighbours post, and nothing else differs

SELECT
    results_eq(
        $$
        SELECT answer.outcome, count(*), min(answer.journal_position)
        FROM ledger.post_journals(given.batch('q')) AS answer
        GROUP BY answer.outcome
        ORDER BY answer.outcome
        $$,
        $$ VALUES ('limit_exceeded', 1::bigint, 64), ('posted', 127, 1) $$,
        '127 of 128 are posted'
    );
SELECT is(given.balances('wallet'), '127 at 140', '… in full');
SELECT
    results_eq(
        $$
        SELECT answer.outcome, count(*)
        FROM ledger.post_journals(given.batch('q')) AS answer
        GROUP BY answer.outcome
        ORDER BY answer.outcome
        $$,
        $$ VALUES ('posted', 1::bigint), ('replayed', 127) $$,
        'asked again: what was posted is replayed, what was refused has its key still'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, count(*)
        FROM ledger.post_journals(given.batch('r') || given.batch('r'), TRUE) AS answer
        GROUP BY answer.outcome
        ORDER BY answer.outcome
        $$,
        $$ VALUES ('posted', 128::bigint), ('replayed', 128) $$,
        'a batch twice in a call'
    );
SELECT given.post(
    given.journal(
        's', 'wallet', 'cash', split_part(given.balances('wallet'), ' ', 1)::numeric
    )
) AS emptied \gset

-- all_or_nothing

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.journal_id
        FROM ledger.post_journals(
            jsonb_build_array(
                given.journal('i1', 'cash', 'sales', 1),
                given.journal('i2', 'wallet', 'cash', 1),
                given.journal('i1', 'cash', 'sales', 1),
                given.journal('b', 'cash', 'sales', 2)
            ),
            all_or_nothing => TRUE
        ) AS answer
        $$,
        $$
        VALUES
        ('not_posted', NULL::text), ('limit_exceeded', NULL), ('not_posted', NULL),
        ('idempotency_key_conflict', NULL)
        $$,
        'all or nothing: one refused, none posted'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome
        FROM ledger.post_journals(
            jsonb_build_array(given.journal('i1', 'cash', 'sales', 1), given.journal('b', 'cash', 'sales', 1)),
            all_or_nothing => TRUE
        ) AS answer
        $$,
        $$ VALUES ('posted'), ('replayed') $$,
        'all or nothing: none refused, all posted; a replay is no refusal'
    );
SELECT
    is_empty(
        'SELECT answer.* FROM ledger.post_journals(''[]'') AS answer', 'no journals, no rows'
    );

-- Refusals that raise

SELECT
    throws_ok(
        format(
            'SELECT given.post(given.journal(%L, %L, %L, %L, %L))',
            'x',
            'cash',
            'sales',
            bad.amount,
            bad.fields
        ),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    (-1, '{}', 'TL307', 'amount is not a whole number above zero', 'a negative amount'),
    (0, '{}', 'TL307', 'amount is not a whole number above zero', 'nothing'),
    (
        1.5,
        '{}',
        'TL307',
        'amount is not a whole number above zero',
        'a fraction of the smallest unit'
    ),
    (
        1, '{"reason": null}', '23502',
        'null value in column "reason" of relation "journals" violates not-null constraint',
        'no reason'
    ),
    (
        1, '{"actor": ""}', '23514',
        'new row for relation "journals" violates check constraint "journals_actor_length"',
        'no actor'
    )
) AS bad (amount, fields, code, message, label);

SELECT
    throws_ok(
        'SELECT answer.* FROM ledger.post_journals(NULL) AS answer',
        '22004', NULL, 'NULL is no journals'
    );

RESET ROLE;

-- State after

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');
SET CONSTRAINTS ALL IMMEDIATE;

SELECT * FROM finish();
ROLLBACK;
