-- resolve_holds(): what post_holds.sql does not ask: batches, replays, refusals that raise.
\ir ../../support/begin.psql

SELECT plan(25);

-- Shape

SELECT
    is(
        given.shape('ledger.resolve_holds(jsonb)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators resolve'
    );

-- Given a wallet of 100

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset

SELECT
    given.hold('a', 10) AS a,
    given.hold('b', 20, '{"payment_reference": "pay_1"}') AS b,
    given.hold('c', 30) AS c
\gset hold_
SELECT (given.journal('', 'cash', 'sales', 1, '{}', 'other') ->> 'organization_id') AS other \gset

-- Acting as the service: a batch

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT answer.resolution_position, answer.outcome, answer.journal_id IS NOT NULL
            FROM ledger.resolve_holds(
                jsonb_build_array(
                    given.resolution('hold_nowhere', 'settle', 'n'),
                    given.resolution(%1$L, 'settle', 's', '{"amount": "4", "reason": "a part"}'),
                    given.resolution(%1$L, 'settle', 's', '{"amount": "4", "reason": "a part"}'),
                    given.resolution(%1$L, 'release', 'again'),
                    given.resolution(%2$L, 'settle', 'big', '{"amount": "21"}'),
                    given.resolution(%2$L, 'settle', 'fund'),
                    given.resolution(%2$L, 'settle', 'b'),
                    given.resolution(%3$L, 'release', 's', '{"request_hash": "%4$s"}'),
                    given.resolution(%3$L, 'release', 'r', '{"organization_id": %5$s}'),
                    given.resolution(%3$L, 'release', 'r')
                )
            ) AS answer
            $$,
            :'hold_a', :'hold_b', :'hold_c', given.digest('other'), :other
        ),
        $$
        VALUES
        (1, 'unknown_hold', FALSE), (2, 'settled', TRUE), (3, 'replayed', TRUE), (4, 'hold_resolved', FALSE),
        (5, 'amount_exceeded', FALSE), (6, 'idempotency_key_conflict', FALSE), (7, 'settled', TRUE),
        (8, 'idempotency_key_conflict', FALSE), (9, 'unknown_hold', FALSE), (10, 'released', FALSE)
        $$,
        'a row a resolution, in order; each outcome leaves its neighbours alone'
    );
SELECT
    is(
        given.balances('wallet', 'cash'),
        '76 at 3, 76 at 3',
        'a part of one, all of another, nothing of a third'
    );
SELECT
    is(
        (
            SELECT account.pending_out
            FROM ledger.get_account(:shop, given.account('wallet')) AS account
        ),
        0::numeric,
        'nothing is held any more: the rest of what settled is released with it'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT
                listed.idempotency_key COLLATE "default", listed.reason, listed.payment_reference COLLATE "default"
            FROM ledger.list_journals(%s, NULL, 2) AS listed
            ORDER BY 1
            $$,
            :shop
        ),
        $$ VALUES ('b', 'a test', 'pay_1'), ('s', 'a part', NULL) $$,
        'its journal has the key and the reason of the request, and the payment of the hold'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT answer.outcome, answer.journal_id, answer.recorded_at = found.resolved_at
            FROM ledger.resolve_holds(jsonb_build_array(given.resolution(%L, 'release', 'r'))) AS answer
            CROSS JOIN ledger.get_hold(%s, %L) AS found
            $$,
            :'hold_c', :shop, :'hold_c'
        ),
        $$ VALUES ('replayed', NULL::text, TRUE) $$,
        'a release again: no journal, the first time'
    );
SELECT
    is_empty(
        'SELECT answer.* FROM ledger.resolve_holds(''[]'') AS answer', 'nothing asked, no rows'
    );

-- Refusals that raise

RESET ROLE;
SELECT given.hold('d', 5) AS hold_d \gset
SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        format(
            'SELECT answer.* FROM ledger.resolve_holds('
            ' jsonb_build_array(given.resolution(%L, %L, %L, %L))) AS answer',
            :'hold_d', 'settle', bad.key, bad.fields
        ),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    ('x', '{"amount": "0"}', 'TL307', 'amount is not a whole number above zero', 'nothing'),
    (
        'x',
        '{"amount": "-1"}',
        'TL307',
        'amount is not a whole number above zero',
        'less than nothing'
    ),
    (
        'x', '{"amount": "1.5"}',
        'TL307', 'amount is not a whole number above zero', 'a fraction of the smallest unit'
    ),
    (
        'x',
        '{"amount": "all"}',
        '22P02',
        'invalid input syntax for type numeric: "all"',
        'no number'
    ),
    (
        'x', '{"action": "Release"}', '23502',
        'null value in column "kind" of relation "hold_endings" violates not-null constraint',
        'a word that is no action'
    ),
    (
        'x', '{"action": null}', '23502',
        'null value in column "kind" of relation "hold_endings" violates not-null constraint',
        'no action'
    ),
    (
        'x', '{"actor": ""}', '23514',
        'new row for relation "hold_endings" violates check constraint "hold_endings_actor_length"',
        'no actor'
    ),
    (
        'a b', '{}', '23514',
        'new row for relation "hold_endings" violates'
        ' check constraint "hold_endings_idempotency_key_shape"',
        'a key of another shape'
    ),
    (
        'x', '{"actor": null}', '23502',
        'null value in column "actor" of relation "hold_endings" violates not-null constraint',
        'no actor at all'
    ),
    (
        'x', '{"reason": null}', '23502',
        'null value in column "reason" of relation "journals" violates not-null constraint',
        'no reason to post'
    )
) AS bad (key, fields, code, message, label);

SELECT
    throws_ok(
        'SELECT answer.* FROM ledger.resolve_holds(NULL) AS answer',
        '22004', NULL, 'NULL is no resolutions'
    );

SELECT
    is(
        (
            SELECT found.status FROM ledger.get_hold(:shop, :'hold_d') AS found
        ),
        'held',
        'what was refused is still held'
    );
SELECT
    is(
        (
            SELECT account.pending_out
            FROM ledger.get_account(:shop, given.account('wallet')) AS account
        ),
        5::numeric,
        '… in full'
    );

RESET ROLE;
SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        'SELECT answer.* FROM ledger.resolve_holds(''[]'') AS answer',
        '42501', 'permission denied for function resolve_holds', 'auditors do not resolve'
    );

RESET ROLE;

-- State after

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');
SET CONSTRAINTS ALL IMMEDIATE;

-- Races that are lost: no session of its own could bring that about

RESET ROLE;
CREATE FUNCTION given.lose_race()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'another session was quicker' USING ERRCODE = tg_argv[0], CONSTRAINT = tg_argv[1];
END
$$;
SELECT given.hold('lost', 1) AS lost \gset
CREATE TRIGGER lost BEFORE INSERT ON ledger.hold_endings
FOR EACH ROW EXECUTE FUNCTION given.lose_race('23505', 'hold_endings_idempotency_key_unique');

SELECT
    throws_ok(
        format('SELECT given.resolve(%L, ''release'', ''lost'')', :'lost'),
        '40001',
        'an idempotency key was used meanwhile',
        'whoever loses a key must call again'
    );

DROP TRIGGER lost ON ledger.hold_endings;
CREATE TRIGGER lost BEFORE INSERT ON ledger.hold_endings
FOR EACH ROW EXECUTE FUNCTION given.lose_race('23505', 'another_unique');

SELECT
    throws_ok(
        format('SELECT given.resolve(%L, ''release'', ''lost'')', :'lost'),
        '23505',
        'another session was quicker',
        'any other rule that refuses is no lost key'
    );

SELECT * FROM finish();
ROLLBACK;
