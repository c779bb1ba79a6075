-- Holds expire: batches, those that ended otherwise, and what is free again.
\ir ../support/begin.psql

SELECT plan(10);

-- Shape

SELECT
    is(
        given.shape('ledger.expire_holds(integer)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators let expire'
    );

-- Given a wallet of 100

SELECT given.book() AS shop \gset
SELECT given.post(given.journal('fund', 'cash', 'wallet', 100)) AS posted \gset

SELECT
    given.hold(
        'short' || nth,
        10,
        jsonb_build_object(
            'expires_at', clock_timestamp() + interval '400 ms' + nth * interval '20 ms'
        )
    ) AS short
FROM generate_series(1, 3) AS nth
ORDER BY nth DESC;
SELECT given.hold('long', 10) AS hold_long \gset
SELECT
    given.hold('gone', 10, jsonb_build_object('expires_at', clock_timestamp() + interval '400 ms'))
        AS hold_gone
\gset
SELECT given.resolve(:'hold_gone', 'release', 'r') AS released \gset

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT is(ledger.expire_holds(0), 0::bigint, 'no batch: none');
SELECT count(slept) AS slept FROM pg_sleep(0.6) AS slept \gset
SELECT is(ledger.expire_holds(2), 2::bigint, 'at most so many');
SELECT
    results_eq(
        format(
            $$
            SELECT account.pending_out, account.available
            FROM ledger.get_account(%s, given.account('wallet')) AS account
            $$,
            :shop
        ),
        $$ VALUES (20::numeric, 80::numeric) $$,
        '… and what they held is free'
    );
SELECT is(ledger.expire_holds(100), 1::bigint, 'the rest');
SELECT
    is(
        ledger.expire_holds(100),
        0::bigint,
        'each ends once; what was released or has time left is let alone'
    );

RESET ROLE;

SELECT
    results_eq(
        $$
        SELECT hold.idempotency_key COLLATE "default", ending.kind, ending.actor, ending.idempotency_key
        FROM ledger.holds AS hold
        LEFT JOIN ledger.hold_endings AS ending ON ending.hold_id = hold.id
        ORDER BY hold.idempotency_key
        $$,
        $$
        VALUES
        ('gone', 'released', 'tester', 'r' COLLATE "C"), ('long', NULL, NULL, NULL),
        ('short1', 'expired', 'expire_holds', NULL), ('short2', 'expired', 'expire_holds', NULL),
        ('short3', 'expired', 'expire_holds', NULL)
        $$,
        'how each ended, and by whom'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        'SELECT ledger.expire_holds(1)',
        '42501', 'permission denied for function expire_holds', 'auditors do not let expire'
    );

RESET ROLE;

-- State after

SELECT is_empty('SELECT anomaly.* FROM ledger.anomalies AS anomaly', 'the books balance');
SELECT is(given.balances('wallet'), '100 at 1', 'nothing was posted');

SELECT * FROM finish();
ROLLBACK;
