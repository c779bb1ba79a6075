-- All constraints immediate, as a careful caller may have them: what writes answers the same.
\ir ../support/begin.psql

SELECT plan(13);

-- Given a wallet of 100, and holds

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset
SET CONSTRAINTS ALL IMMEDIATE;
SELECT
    given.hold('a', 10) AS a,
    given.hold('b', 20) AS b,
    given.hold('c', 30) AS c,
    given.hold(
        'short', 1, jsonb_build_object('expires_at', clock_timestamp() + interval '10 ms')
    ) AS d
\gset hold_

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        given.post(
            given.journal('one', 'cash', 'sales', 1),
            given.journal('one', 'cash', 'sales', 1),
            given.journal('one', 'cash', 'sales', 2),
            given.journal('two', 'cash', 'sales', 1, '{"lines": []}'),
            given.journal('poor', 'wallet', 'cash', 1000),
            given.journal('two', 'cash', 'sales', 2)
        ),
        'posted, replayed, idempotency_key_conflict, unbalanced, limit_exceeded, posted',
        'post_journals()'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome
        FROM ledger.post_journals(
            jsonb_build_array(
                given.journal('x', 'cash', 'sales', 1), given.journal('y', 'wallet', 'cash', 1000)
            ),
            TRUE
        ) AS answer
        $$,
        $$ VALUES ('not_posted'), ('limit_exceeded') $$,
        '… all or nothing'
    );
SELECT listed.journal_id AS two
FROM ledger.list_journals(:shop, NULL, 100) AS listed
WHERE listed.idempotency_key = 'two' \gset
SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome
            FROM ledger.reverse_journals(
                jsonb_build_array(
                    given.journal('r', 'cash', 'sales', 1) - 'lines' || %1$L,
                    given.journal('r2', 'cash', 'sales', 1) - 'lines' || %1$L
                )
            ) AS answer
            $$,
            jsonb_build_object('journal_id', :'two')
        ),
        $$ VALUES ('posted'), ('already_reversed') $$,
        'reverse_journals()'
    );
SELECT is(booked.outcome, 'posted', 'book_authorization()')
FROM given.event('authorization', 'auth') AS booked;
SELECT is(given.open('new', 'asset'), 'opened', 'open_accounts()');
SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome, answer.journal_id IS NOT NULL
            FROM ledger.resolve_holds(
                jsonb_build_array(
                    given.resolution(%1$L, 'settle', 'sa', '{"amount": "4"}'),
                    given.resolution(%1$L, 'settle', 'sa', '{"amount": "4"}'),
                    given.resolution(%1$L, 'release', 'ra'),
                    given.resolution(%2$L, 'settle', 'one'),
                    given.resolution(%2$L, 'settle', 'sb', '{"amount": "21"}'),
                    given.resolution(%2$L, 'settle', 'sb'),
                    given.resolution(%3$L, 'release', 'rc')
                )
            ) AS answer
            $$,
            :'hold_a', :'hold_b', :'hold_c'
        ),
        $$
        VALUES
        ('settled', TRUE), ('replayed', TRUE), ('hold_resolved', FALSE),
        ('idempotency_key_conflict', FALSE), ('amount_exceeded', FALSE), ('settled', TRUE),
        ('released', FALSE)
        $$,
        'resolve_holds(): an ending comes before its journal, and may'
    );
SELECT pg_sleep(0.02) AS waited \gset
SELECT is(ledger.expire_holds(10), 1::bigint, 'expire_holds()');
RESET ROLE;
SET LOCAL ROLE pgtill_operator;
SELECT
    is(
        ledger.record_daily_balances((now() AT TIME ZONE 'UTC')::date - 1),
        0::bigint, 'record_daily_balances()'
    );

-- They are as immediate as before

RESET ROLE;
SELECT given.hold('e', 1) AS hold_e \gset
SELECT
    throws_ok(
        $$
        INSERT INTO ledger.hold_endings (hold_id, kind, organization_id, idempotency_key, request_hash, actor)
        SELECT hold.id, 'settled', hold.organization_id, 'no_journal', hold.request_hash, 'a'
        FROM ledger.holds AS hold WHERE hold.idempotency_key = 'e'
        $$,
        '23503',
        'insert or update on table "hold_endings" violates foreign key constraint'
        ' "hold_endings_journal_fk"',
        'an ending without its journal is refused at once'
    );
SELECT
    throws_ok(
        $$
        INSERT INTO ledger.journals (public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at, recorded_at, line_count)
        SELECT 'jrn_' || repeat('0', 24), organization_id, 'new', request_hash, 'r', 'a', now(), now(), 2 FROM ledger.journals LIMIT 1
        $$,
        'TL301', 'journal does not balance', 'a journal without entries, too'
    );
SELECT is(given.balances('wallet'), '76 at 3', 'what was asked was done, once');
SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'nothing is anomalous');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');

SELECT * FROM finish();
ROLLBACK;
