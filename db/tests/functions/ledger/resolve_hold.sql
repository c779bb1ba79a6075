-- resolve_hold(): one hold ends, once. Batches of them are walked in resolve_holds.sql.
\ir ../../support/begin.psql

SELECT plan(28);

-- Shape

SELECT
    is(
        given.shape('ledger.resolve_hold(jsonb)'),
        'volatile invoker, private',
        'nobody but resolve_holds() calls it'
    );

-- Given a wallet of 100, holds on it of which one is late, and one on an account that is full

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SELECT given.post(given.journal('most', 'rent', 'sales', repeat('9', 78)::numeric)) AS posted \gset
SELECT
    given.hold('a', 10, '{"payment_reference": "pay_1"}') AS a,
    given.hold('b', 20) AS b,
    given.hold('c', 30) AS c,
    given.hold('late', 5, jsonb_build_object('expires_at', clock_timestamp() + interval '400 ms'))
        AS late,
    given.hold(
        'large', 1,
        jsonb_build_object(
            'debit_account', given.account('rent'), 'credit_account', given.account('wallet')
        )
    ) AS large
\gset hold_
SELECT count(slept) AS slept FROM pg_sleep(0.5) AS slept \gset

-- The outcome, the key of the journal that is named, and the details.
CREATE FUNCTION pg_temp.said(hold text, action text, key text, fields jsonb DEFAULT '{}')
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _answer record;
BEGIN
    SELECT answer.* INTO STRICT _answer
    FROM ledger.resolve_hold(given.resolution(said.hold, said.action, said.key, said.fields)) AS answer;
    RETURN concat_ws(
        ' ',
        _answer.outcome,
        (
            SELECT journal.idempotency_key FROM ledger.journals AS journal
            WHERE journal.public_id = _answer.journal_id
        ),
        _answer.details
    );
END
$function$;

CREATE FUNCTION pg_temp.pending(name text)
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT format('%s, out %s, in %s', account.balance, account.pending_out, account.pending_in)
    FROM ledger.accounts AS account
    WHERE account.public_id = given.account(pending.name);
END;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT is(pg_temp.pending('wallet'), '100, out 65, in 1', 'given what is held');
SELECT
    is(
        pg_temp.said(attempt.hold, attempt.action, attempt.key, attempt.fields),
        attempt.said,
        attempt.label
    )
FROM (
    VALUES
    ('hold_nowhere', 'settle', 's1', '{}'::jsonb, 'unknown_hold', 'no such hold'),
    (
        :'hold_a', 'settle', 's1',
        given.journal('', 'cash', 'sales', 1, '{}', 'other') - 'idempotency_key',
        'unknown_hold', 'another organization''s hold'
    ),
    (:'hold_a', 'settle', 's1', '{"amount": "11"}', 'amount_exceeded', 'more than was held'),
    (:'hold_a', 'settle', 's1', '{"amount": "NaN"}', 'amount_exceeded', '… or what is no number'),
    (:'hold_a', 'settle', 's1', '{}', 'settled s1', 'all of it settles, by a journal of that key'),
    (:'hold_a', 'settle', 's1', '{}', 'replayed s1', 'the same key and request: the same journal'),
    (
        :'hold_b', 'release', 's1', '{"request_hash": "00"}',
        'idempotency_key_conflict', 'the same key for another request'
    ),
    (
        'hold_nowhere', 'release', 's1', '{"request_hash": "00"}',
        'idempotency_key_conflict', '… which is said before that there is no such hold'
    ),
    (:'hold_a', 'release', 'r1', '{}', 'hold_resolved', 'what ended does not end again'),
    (:'hold_b', 'settle', 's2', '{"amount": "4"}', 'settled s2', 'a part of it'),
    (:'hold_c', 'release', 'r1', '{}', 'released', 'let go: no journal'),
    (:'hold_c', 'release', 'r1', '{}', 'replayed', '… the second time, too'),
    (:'hold_late', 'settle', 's3', '{}', 'hold_expired', 'too late to settle'),
    (
        :'hold_late', 'settle', 's3', '{"amount": "6"}',
        'hold_expired', '… which is said before how much it was'
    ),
    (:'hold_late', 'release', 'r2', '{}', 'released', '… but not to let go')
) AS attempt (hold, action, key, fields, said, label);

SELECT
    is(
        pg_temp.pending('wallet'),
        '86, out 0, in 1',
        'settled is posted, and nothing of it is held any more'
    );
SELECT
    results_eq(
        $$
        SELECT
            journal.payment_reference COLLATE "default", journal.reason, journal.actor,
            entry.line::integer, account.name COLLATE "default", entry.side::text, entry.amount
        FROM ledger.journals AS journal
        INNER JOIN ledger.entries AS entry ON entry.journal_id = journal.id
        INNER JOIN ledger.accounts AS account ON account.id = entry.account_id
        WHERE journal.idempotency_key IN ('s1', 's2')
        ORDER BY journal.id, entry.line
        $$,
        $$
        VALUES
        ('pay_1', 'a test', 'tester', 1, 'wallet', 'DEBIT', 10::numeric),
        ('pay_1', 'a test', 'tester', 2, 'cash', 'CREDIT', 10),
        (NULL, 'a test', 'tester', 1, 'wallet', 'DEBIT', 4),
        (NULL, 'a test', 'tester', 2, 'cash', 'CREDIT', 4)
        $$,
        'the journal debits and credits what the hold said, for its payment, first the debit'
    );
SELECT
    results_eq(
        $$
        SELECT hold.idempotency_key COLLATE "default", ending.kind, ending.idempotency_key COLLATE "default"
        FROM ledger.hold_endings AS ending
        INNER JOIN ledger.holds AS hold ON hold.id = ending.hold_id
        ORDER BY 1
        $$,
        $$
        VALUES
        ('a', 'settled', 's1'), ('b', 'settled', 's2'), ('c', 'released', 'r1'), ('late', 'released', 'r2')
        $$,
        'how each ended'
    );

-- Refusals: the caller takes back what came before them

SELECT
    throws_ok(
        format('SELECT pg_temp.said(%L, %L, %L, %L)', bad.hold, 'settle', bad.key, bad.fields),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    (
        :'hold_large',
        'x',
        '{}',
        'TL305',
        'the hold cannot settle within the limits of its accounts',
        'an account that has 78 digits already'
    ),
    (
        :'hold_large',
        'fund',
        '{}',
        'TL311',
        'the hold cannot settle by that key',
        'the key of a journal'
    ),
    (
        :'hold_large', 'fund', format('{"request_hash": "%s"}', given.digest('cash wallet 100')),
        'TL311', 'the hold cannot settle by that key', '… though it is the same request'
    ),
    (
        :'hold_large', 'x', '{"amount": "0.5"}', 'TL307', 'amount is not a whole number above zero',
        'a fraction'
    )
) AS bad (hold, key, fields, code, message, label);
SELECT
    is(
        pg_temp.pending('wallet'), '86, out 0, in 1', 'what was refused is still held'
    );
SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT answer.* FROM ledger.resolve_hold(''{}'') AS answer',
        '42501', 'permission denied for function resolve_hold', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
