-- post_batch(): journals together; one by one where a key or a reversal is used twice or meanwhile.
\ir ../../support/begin.psql

SELECT plan(17);

-- Shape

SELECT
    is(
        given.shape('ledger.post_batch(jsonb)'),
        'volatile invoker, private',
        'nobody but post_journals() calls it'
    );

-- Given a journal to take back

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('first', 'cash', 'wallet', 100)) AS posted \gset

-- Positions and outcomes, with the keys of the journals that are named by id and moment, in a line.
CREATE FUNCTION pg_temp.batch(VARIADIC journals jsonb[])
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _answers ledger.journal_answer[] := ledger.post_batch(to_jsonb(batch.journals));
BEGIN
    RETURN (
        SELECT
            string_agg(
                concat_ws(' ', answer.journal_position, answer.outcome, journal.idempotency_key, answer.details),
                ', ' ORDER BY answer.nth
            )
        FROM unnest(_answers) WITH ORDINALITY AS answer (
            journal_position, outcome, journal_id, recorded_at, details, nth
        )
        LEFT JOIN ledger.journals AS journal
            ON journal.public_id = answer.journal_id AND journal.recorded_at = answer.recorded_at
    );
END
$function$;

-- A journal that takes back the first: its lines again, on the other side.
CREATE FUNCTION pg_temp.reversal(key text)
RETURNS jsonb
LANGUAGE sql
BEGIN ATOMIC
    SELECT
        given.journal(
            reversal.key, 'wallet', 'cash', 100,
            jsonb_build_object(
                'reverses', journal.id,
                'lines', jsonb_build_array(
                    given.line('cash', 'CREDIT', 100), given.line('wallet', 'DEBIT', 100)
                )
            )
        )
    FROM ledger.journals AS journal
    WHERE journal.idempotency_key = 'first';
END;

-- Acting as the owner: together

SET LOCAL ROLE pgtill_owner;

SELECT
    is(
        pg_temp.batch(
            given.journal('a', 'cash', 'sales', 1), given.journal('b', 'wallet', 'cash', 101),
            given.journal('first', 'cash', 'wallet', 100), given.journal('c', 'cash', 'sales', 2)
        ),
        format(
            '1 posted a, 2 limit_exceeded {"account": "%s"}, 3 replayed first, 4 posted c',
            given.account('wallet')
        ),
        'each outcome leaves its neighbours alone'
    );
SELECT is(ledger.post_batch('[]'), '{}', 'no journals, no answers');

-- One by one

SELECT
    is(
        pg_temp.batch(
            given.journal('d', 'cash', 'sales', 1), given.journal('e', 'cash', 'sales', 1),
            given.journal('d', 'cash', 'sales', 1), given.journal('d', 'cash', 'sales', 2),
            given.journal('f', 'wallet', 'cash', 101), given.journal('g', 'cash', 'sales', 1)
        ),
        format(
            '1 posted d, 2 posted e, 3 replayed d, 4 idempotency_key_conflict,'
            ' 5 limit_exceeded {"account": "%s"}, 6 posted g',
            given.account('wallet')
        ),
        'of one key, the second is a replay or a conflict; the others are as ever'
    );
SELECT
    is(
        pg_temp.batch(
            given.journal('s', 'wallet', 'cash', 60), given.journal('s', 'wallet', 'cash', 60),
            given.journal('s', 'wallet', 'cash', 61), given.journal('t', 'cash', 'wallet', 60)
        ),
        '1 posted s, 2 replayed s, 3 idempotency_key_conflict, 4 posted t',
        '… though once more would pass a limit'
    );
SELECT
    is(
        pg_temp.batch(
            pg_temp.reversal('r1'), given.journal('h', 'cash', 'sales', 1), pg_temp.reversal('r2'),
            pg_temp.reversal('r1')
        ),
        '1 posted r1, 2 posted h, 3 already_reversed, 4 replayed r1',
        'of two reversals of one journal, the second comes too late'
    );
SELECT
    is(
        given.balances('cash', 'sales', 'wallet'),
        '7 at 10, 7 at 6, 0 at 4',
        'what is answered is what was posted, once'
    );
SELECT
    is(
        pg_temp.batch(given.journal('v', 'cash', 'sales', 1), pg_temp.reversal('v')),
        '1 posted v, 2 idempotency_key_conflict',
        'of one key, the second is a conflict, though it is a reversal that comes too late'
    );
SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');

-- What it does not answer, it raises

SELECT
    throws_ok(
        format(
            'SELECT ledger.post_batch(%L)',
            jsonb_build_array(
                given.journal('i', 'cash', 'sales', 1), given.journal('i', 'cash', 'sales', 1),
                given.journal('j', 'cash', 'sales', -1)
            )
        ),
        'TL307', 'amount is not a whole number above zero', 'an amount that is none'
    );

-- Another unique rule, and one by one too

SET CONSTRAINTS ALL IMMEDIATE;
CREATE UNIQUE INDEX journals_payment_unique ON ledger.journals (payment_reference);

SELECT
    throws_ok(
        format(
            'SELECT ledger.post_batch(%L)',
            jsonb_build_array(
                given.journal('k', 'cash', 'sales', 1, '{"payment_reference": "pay_1"}'),
                given.journal('l', 'cash', 'sales', 1, '{"payment_reference": "pay_1"}')
            )
        ),
        '23505', 'duplicate key value violates unique constraint "journals_payment_unique"',
        'a rule that it has no answer for'
    );

-- Above READ COMMITTED what was done meanwhile is out of sight, as of a blind find_answers()

SELECT
    is(
        pg_temp.batch(given.journal('u', 'cash', 'wallet', 100)),
        '1 posted u',
        'given some more'
    );
SET CONSTRAINTS ALL DEFERRED;
CREATE OR REPLACE FUNCTION ledger.find_answers(journals jsonb)
RETURNS ledger.journal_answer[]
LANGUAGE sql
STABLE
RETURN ARRAY[]::ledger.journal_answer[];

SELECT
    throws_ok(
        format(
            'SELECT ledger.post_batch(%L)',
            jsonb_build_array(
                given.journal('m', 'cash', 'sales', 1),
                given.journal('first', 'cash', 'wallet', 100)
            )
        ),
        '40001', 'an idempotency key was used meanwhile', 'a key that is used, and cannot be seen'
    );
SELECT
    is(
        pg_temp.batch(pg_temp.reversal('r3'), given.journal('n', 'cash', 'sales', 1)),
        '1 already_reversed, 2 posted n',
        'a reversal that cannot be seen is refused by its rule'
    );
SELECT is(given.balances('cash', 'sales'), '109 at 13, 9 at 8', 'what was refused posted nothing');

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT ledger.post_batch(''[]'')',
        '42501', 'permission denied for function post_batch', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
