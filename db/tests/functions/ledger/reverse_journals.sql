-- reverse_journals(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(34);

-- Shape

SELECT
    is(
        given.shape('ledger.reverse_journals(jsonb)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators take back'
    );

-- Given a journal of two currencies, in which one account stands twice, and another book's

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal(
            'a', 'cash', 'sales', 0,
            jsonb_build_object(
                'payment_reference', 'pay_1',
                'event_at', '2026-01-01T00:00:00Z',
                'lines', jsonb_build_array(
                    given.line('cash', 'DEBIT', 40), given.line('cash', 'DEBIT', 60),
                    given.line('wallet', 'CREDIT', 100), given.line('cash EUR', 'DEBIT', 7),
                    given.line('sales EUR', 'CREDIT', 7)
                )
            )
        ),
        given.journal('b', 'cash', 'sales', 5),
        given.journal('foreign', 'cash', 'sales', 5, '{}', 'other')
    ) AS posted
\gset

-- The id of a journal, and a reversal of it.
CREATE FUNCTION given.journal_id(key text)
RETURNS text
LANGUAGE sql
SECURITY DEFINER
STABLE
BEGIN ATOMIC
    SELECT journal.public_id FROM ledger.journals AS journal
    WHERE journal.idempotency_key = journal_id.key;
END;

CREATE FUNCTION given.reversal(of text, key text, fields jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        given.journal(reversal.key, 'cash', 'sales', 1) - 'lines'
        || jsonb_build_object(
            'journal_id', given.journal_id(reversal.of), 'request_hash', given.digest(reversal.of)
        )
        || reversal.fields;
END;

CREATE FUNCTION given.reverse(VARIADIC reversals jsonb[])
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT string_agg(answer.outcome, ', ' ORDER BY answer.reversal_position)
    FROM ledger.reverse_journals(to_jsonb(reverse.reversals)) AS answer;
END;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA given TO public;

-- Acting as the service: a journal is taken back

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT
            answer.reversal_position, answer.outcome, answer.journal_id ~ '^jrn_[0-9a-f]{24}$',
            answer.recorded_at BETWEEN now() AND clock_timestamp(), answer.details
        FROM ledger.reverse_journals(
            jsonb_build_array(given.reversal('a', 'ra', '{"event_at": "2026-01-02T00:00:00Z"}'))
        ) AS answer
        $$,
        $$ VALUES (1, 'posted', TRUE, TRUE, NULL::jsonb) $$,
        'a journal is taken back'
    );
SELECT
    is(
        given.balances('cash', 'wallet', 'cash EUR', 'sales EUR'),
        '5 at 5, 0 at 2, 0 at 2, 0 at 2',
        'every line again, on the other side'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT
                found.reverses = given.journal_id('a'), found.reversed_by,
                found.payment_reference COLLATE "default", found.event_at,
                (
                    SELECT string_agg(line ->> 'side', ' ' ORDER BY nth)
                    FROM jsonb_array_elements(found.lines) WITH ORDINALITY AS line (line, nth)
                )
            FROM ledger.get_journal(%s, given.journal_id('ra')) AS found
            $$,
            :shop
        ),
        $$
        VALUES
        (TRUE, NULL::text, 'pay_1', '2026-01-02Z'::timestamptz, 'CREDIT CREDIT DEBIT CREDIT DEBIT')
        $$,
        'it names what it takes back, and belongs to the same payment'
    );
SELECT
    is(
        (
            SELECT found.reversed_by FROM ledger.get_journal(:shop, given.journal_id('a')) AS found
        ),
        given.journal_id('ra'),
        '… and is named by it'
    );

-- Again

SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.journal_id
        FROM ledger.reverse_journals(jsonb_build_array(given.reversal('a', 'ra'))) AS answer
        $$,
        $$ VALUES ('replayed', given.journal_id('ra')) $$,
        'the same key and request: the first reversal'
    );
SELECT
    is(
        given.reverse(given.reversal('b', 'ra')),
        'idempotency_key_conflict',
        'the same key for another request'
    );
SELECT
    is(
        given.reverse(given.reversal('b', 'a')), 'idempotency_key_conflict', 'a journal''s own key'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.journal_id, answer.recorded_at, answer.details
        FROM ledger.reverse_journals(jsonb_build_array(given.reversal('a', 'ra2'))) AS answer
        $$,
        $$
        VALUES (
            'already_reversed', NULL::text, NULL::timestamptz,
            jsonb_build_object('reversed_by', given.journal_id('ra'))
        )
        $$,
        'another key: a journal is taken back once, and by which is told'
    );
SELECT is(given.balances('cash', 'wallet'), '5 at 5, 0 at 2', '… nothing moved');

-- A reversal is a journal

SELECT is(given.reverse(given.reversal('ra', 'rra')), 'posted', 'a reversal is reversed');
SELECT is(given.balances('cash', 'wallet'), '105 at 7, 100 at 3', '… which says the journal again');
SELECT is(given.reverse(given.reversal('ra', 'x')), 'already_reversed', '… once');
SELECT
    is(
        given.reverse(given.reversal('a', 'x')),
        'already_reversed',
        'the first journal stays taken back: take back the newest instead'
    );
SELECT is(given.reverse(given.reversal('rra', 'rrra')), 'posted', 'and so on');
SELECT is(given.balances('cash', 'wallet'), '5 at 9, 0 at 4', '… each turn moves once');

-- A batch

SELECT
    results_eq(
        $$
        SELECT
            answer.reversal_position, answer.outcome,
            answer.details ->> 'reversed_by' = lag(answer.journal_id) OVER (ORDER BY answer.reversal_position)
        FROM ledger.reverse_journals(
            jsonb_build_array(
                given.reversal('nowhere', 'n1'), given.reversal('b', 'rb'), given.reversal('b', 'rb2'),
                given.reversal('b', 'rb'), given.reversal('foreign', 'n2')
            )
        ) AS answer
        $$,
        $$
        VALUES
        (1, 'unknown_journal', NULL::boolean), (2, 'posted', NULL), (3, 'already_reversed', TRUE),
        (4, 'replayed', NULL), (5, 'unknown_journal', NULL)
        $$,
        'a row a reversal, in order; who was first in the batch is told; another''s journal is none'
    );
SELECT is(given.balances('cash', 'sales'), '0 at 10, 0 at 2', '… and posted once');
SELECT
    results_eq(
        $$
        SELECT answer.reversal_position, answer.outcome
        FROM ledger.reverse_journals(
            jsonb_build_array(
                given.reversal('rb', 'rrb'), given.reversal('nowhere', 'n3'), given.reversal('b', 'rb3')
            )
        ) AS answer
        $$,
        $$ VALUES (1, 'posted'), (2, 'unknown_journal'), (3, 'already_reversed') $$,
        'each answer in the place of what was asked'
    );
SELECT
    is_empty(
        'SELECT answer.* FROM ledger.reverse_journals(''[]'') AS answer', 'nothing asked, no rows'
    );

-- Limits and holds: what is promised cannot be taken away

SELECT
    is(
        given.post(given.journal('fund', 'cash', 'wallet', 100)), 'posted', 'given a wallet of 100'
    );
SELECT
    is(
        (
            SELECT answer.outcome
            FROM ledger.post_holds(
                jsonb_build_array(
                    given.journal('hold', 'wallet', 'cash', 1) || jsonb_build_object(
                        'debit_account',
                        given.account('wallet'),
                        'credit_account',
                        given.account('cash'),
                        'amount', '1', 'expires_at', now() + interval '1 hour'
                    )
                )
            ) AS answer
        ),
        'held',
        '… of which 1 is held'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.details
        FROM ledger.reverse_journals(jsonb_build_array(given.reversal('fund', 'rf'))) AS answer
        $$,
        $$ VALUES ('limit_exceeded', jsonb_build_object('account', given.account('wallet'))) $$,
        'a reversal keeps the limits, holds counted'
    );
SELECT is(given.balances('wallet'), '100 at 5', '… refused, it moves nothing');
SELECT
    is(
        (
            SELECT answer.outcome
            FROM ledger.resolve_holds(
                jsonb_build_array(
                    given.journal('released', 'wallet', 'cash', 1) || jsonb_build_object(
                        'hold_id', (
                            SELECT replayed.hold_id
                            FROM ledger.post_holds(
                                jsonb_build_array(
                                    given.journal('hold', 'wallet', 'cash', 1)
                                    || jsonb_build_object(
                                        'debit_account', given.account('wallet'),
                                        'credit_account', given.account('cash'),
                                        'amount', '1', 'expires_at', now() + interval '1 hour'
                                    )
                                )
                            ) AS replayed
                        ),
                        'action', 'release'
                    )
                )
            ) AS answer
        ),
        'released',
        'the hold is released'
    );
SELECT
    is(
        given.reverse(given.reversal('fund', 'rf')),
        'posted',
        '… and its key is still free to take back'
    );

-- Refusals that raise

SELECT
    throws_ok(
        format(
            'SELECT given.reverse(given.reversal(%L, %L, %L))', bad.of, 'bad', bad.fields
        ),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    (
        'rf',
        '{"reason": null}',
        '23502',
        'null value in column "reason" of relation "journals" violates not-null constraint',
        'no reason'
    ),
    (
        'rf',
        '{"actor": ""}',
        '23514',
        'new row for relation "journals" violates check constraint "journals_actor_length"',
        'no actor'
    ),
    (
        'rf',
        '{"idempotency_key": "a b"}',
        '23514',
        'new row for relation "journals" violates'
        ' check constraint "journals_idempotency_key_shape"',
        'a key of another shape'
    ),
    (
        'rf',
        '{"event_at": "someday"}',
        '22007',
        'invalid input syntax for type timestamp with time zone: "someday"',
        'a time that is none'
    ),
    (
        'rf',
        '{"organization_id": "shop"}',
        '22P02',
        'invalid input syntax for type bigint: "shop"',
        'a number that is none'
    )
) AS bad (of, fields, code, message, label);

RESET ROLE;
SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        'SELECT ledger.reverse_journals(''[]'')',
        '42501', 'permission denied for function reverse_journals', 'auditors do not write'
    );

RESET ROLE;

-- State after

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');
SET CONSTRAINTS ALL IMMEDIATE;

SELECT * FROM finish();
ROLLBACK;
