-- post_holds(), resolve_holds(), expire_holds(): a hold's whole life, and each outcome.
\ir ../../support/begin.psql

SELECT plan(35);

-- Shape

SELECT
    is(
        given.shape('ledger.post_holds(jsonb)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators hold'
    );
SELECT
    is(
        given.shape('ledger.resolve_holds(jsonb)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators resolve'
    );
SELECT
    is(
        given.shape('ledger.expire_holds(integer)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators let expire'
    );
SELECT is(given.shape('ledger.resolve_hold(jsonb)'), 'volatile invoker, private', 'a helper');
SELECT is(given.shape('ledger.move_pending()'), 'volatile invoker, private', 'a trigger');

-- Given a book whose wallet has 100

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset

CREATE FUNCTION given.held(key text, amount numeric, fields jsonb DEFAULT '{}')
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT answer.outcome
    FROM ledger.post_holds(
        jsonb_build_array(
            given.journal(held.key, 'wallet', 'cash', held.amount)
            || jsonb_build_object(
                'debit_account', given.account('wallet'), 'credit_account', given.account('cash'),
                'amount', held.amount::text, 'expires_at', now() + interval '1 hour'
            )
            || held.fields
        )
    ) AS answer;
END;

CREATE FUNCTION given.ended(hold text, action text, key text, fields jsonb DEFAULT '{}')
RETURNS text
LANGUAGE sql
SECURITY DEFINER
BEGIN ATOMIC
    SELECT answer.outcome
    FROM ledger.resolve_holds(
        jsonb_build_array(
            given.journal(ended.key, 'wallet', 'cash', 1)
            || jsonb_build_object(
                'hold_id',
                (
                    SELECT held.public_id FROM ledger.holds AS held
                    WHERE held.idempotency_key = ended.hold
                ),
                'action', ended.action
            )
            || ended.fields
        )
    ) AS answer;
END;

CREATE FUNCTION given.pending(name text)
RETURNS text
LANGUAGE sql
STABLE
SECURITY DEFINER
BEGIN ATOMIC
    SELECT format('%s, out %s, in %s', found.balance, found.pending_out, found.pending_in)
    FROM ledger.accounts AS found
    WHERE found.public_id = given.account(pending.name);
END;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA given TO public;

SET LOCAL ROLE pgtill_service;

-- Held

SELECT is(given.held('h1', 60), 'held', 'an amount is held');
SELECT is(given.pending('wallet'), '100, out 60, in 0', 'it is pending, and not posted');
SELECT is(given.pending('cash'), '100, out 60, in 0', '… in both accounts');
SELECT is(given.held('h1', 60), 'replayed', 'the same key and request');
SELECT is(given.held('h1', 61), 'idempotency_key_conflict', 'the same key for another request');
SELECT is(given.held('h2', 41), 'limit_exceeded', 'holds count against the floor');
SELECT
    is(
        given.post(given.journal('spend', 'wallet', 'cash', 41)),
        'limit_exceeded',
        '… for journals, too'
    );
SELECT is(given.held('h2', 40), 'held', 'what is left can be held');
SELECT
    is(
        given.held('h3', 1, '{"debit_account": "acc_nowhere"}'),
        'unknown_account', 'an account that does not exist'
    );
SELECT
    is(
        given.held('h3', 1, jsonb_build_object('debit_account', given.account('cash', 'other'))),
        'unknown_account', 'another organization''s account'
    );
SELECT
    is(
        given.held('h3', 1, jsonb_build_object('credit_account', given.account('cash EUR'))),
        'currency_mismatch', 'two currencies'
    );
SELECT
    throws_ok(
        $$ SELECT given.held('h3', -1) $$,
        'TL307', 'amount is not a whole number above zero', 'a negative amount'
    );

-- Settled, in part: the rest is free

SELECT
    is(
        given.ended('h1', 'settle', 's0', '{"amount": "61"}'),
        'amount_exceeded', 'no more than was held'
    );
SELECT
    is(
        given.ended('h1', 'settle', 'fund'),
        'idempotency_key_conflict', 'not by the key of another journal'
    );
SELECT is(given.pending('wallet'), '100, out 100, in 0', 'refused: nothing moved');
SELECT is(given.ended('h1', 'settle', 's1', '{"amount": "50"}'), 'settled', 'a part settles');
SELECT is(given.pending('wallet'), '50, out 40, in 0', '… posted, and the rest is free');
SELECT
    is(
        given.ended('h1', 'settle', 's1', '{"amount": "50"}'), 'replayed', 'the same key again'
    );
SELECT is(given.ended('h1', 'release', 's2'), 'hold_resolved', 'a hold ends once');
SELECT is(given.ended('nowhere', 'settle', 's3'), 'unknown_hold', 'no such hold');

-- Released, expired

SELECT is(given.ended('h2', 'release', 'r1'), 'released', 'a hold is released');
SELECT is(given.pending('wallet'), '50, out 0, in 0', '… and moves nothing');
SELECT
    is(
        given.held(
            'h4', 50, jsonb_build_object('expires_at', clock_timestamp() + interval '400 ms')
        ),
        'held', 'a hold for a moment'
    );
SELECT count(slept) AS slept FROM pg_sleep(0.5) AS slept \gset
SELECT is(given.ended('h4', 'settle', 's4'), 'hold_expired', 'it cannot settle any more');
SELECT is(ledger.expire_holds(10), 1::bigint, 'it is ended');
SELECT is(ledger.expire_holds(10), 0::bigint, '… once');
SELECT is(given.pending('wallet'), '50, out 0, in 0', '… and is free');

SELECT
    throws_ok(
        'SELECT answer.* FROM ledger.post_holds(NULL) AS answer',
        '22004', NULL, 'NULL is no holds'
    );

RESET ROLE;

-- State after

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is_empty('SELECT broken.* FROM ledger.verify() AS broken', 'the chains are whole');
SET CONSTRAINTS ALL IMMEDIATE;

SELECT * FROM finish();
ROLLBACK;
