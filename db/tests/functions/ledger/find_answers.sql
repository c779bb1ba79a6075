-- find_answers(): what was done before is answered as it was then; what was not, is not answered.
\ir ../../support/begin.psql

SELECT plan(12);

-- Shape

SELECT
    is(
        given.shape('ledger.find_answers(jsonb)'),
        'stable invoker, private',
        'nobody but insert_journals() calls it'
    );

-- Given two journals, the first of which is taken back

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal('first', 'cash', 'sales', 5), given.journal('second', 'cash', 'sales', 6)
    )
        AS posted
\gset
SELECT reversed.outcome AS reversed FROM given.reverse_first('reversal') AS reversed \gset

-- The outcome, and the key of the journal that it names by id and moment.
CREATE FUNCTION pg_temp.found(asked jsonb)
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT concat_ws(' ', coalesce(answer.outcome, 'nothing'), journal.idempotency_key)
    FROM unnest(ledger.find_answers(jsonb_build_array(found.asked))) AS answer
    LEFT JOIN ledger.journals AS journal
        ON
            answer.journal_id = journal.public_id
            AND answer.recorded_at = journal.recorded_at;
END;

CREATE FUNCTION pg_temp.reverses(key text)
RETURNS jsonb
LANGUAGE sql
BEGIN ATOMIC
    SELECT jsonb_build_object('reverses', journal.id)
    FROM ledger.journals AS journal
    WHERE journal.idempotency_key = reverses.key;
END;

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT is(pg_temp.found(before.asked), before.found, before.label)
FROM (
    VALUES
    (given.journal('new', 'cash', 'sales', 5), 'nothing', 'a new key, though the request is known'),
    (given.journal('first', 'cash', 'sales', 5), 'replayed first', 'the same key and request'),
    (
        given.journal('first', 'cash', 'sales', 5)
        || jsonb_build_object('request_hash', upper(given.digest('cash sales 5'))),
        'replayed first', '… its hash in capitals'
    ),
    (
        given.journal('first', 'cash', 'sales', 6),
        'idempotency_key_conflict', 'the same key for another request'
    ),
    (
        given.journal('first', 'cash', 'sales', 5, '{}', 'other'),
        'nothing', 'a key that another organization used'
    ),
    (
        given.journal('new', 'cash', 'sales', 5) || pg_temp.reverses('second'),
        'nothing', 'a reversal of what nobody took back'
    ),
    (
        given.journal('new', 'cash', 'sales', 5) || pg_temp.reverses('first'),
        'already_reversed', 'a reversal of what was taken back'
    ),
    (
        given.journal('reversal', 'cash', 'wallet', 1) || pg_temp.reverses('first'),
        'replayed reversal', 'who took it back is not told that somebody did'
    ),
    (
        given.journal('reversal', 'cash', 'wallet', 2) || pg_temp.reverses('first'),
        'idempotency_key_conflict', 'a used key is said before a used reversal'
    ),
    ('{}', 'nothing', 'nothing asked')
) AS before (asked, found, label);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT ledger.find_answers(''[]'')',
        '42501', 'permission denied for function find_answers', 'the service may not call it'
    );

SELECT * FROM finish();
ROLLBACK;
