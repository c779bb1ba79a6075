-- open_holds: each named rule refuses a bad row and a later wrong edit; nobody writes it by hand.
\ir ../../support/begin.psql
\set table ledger.open_holds

SELECT plan(16);

SELECT given.book() AS shop \gset
SELECT account.id AS cash
FROM ledger.accounts AS account
WHERE account.public_id = given.account('cash') \gset
SELECT account.id AS sales
FROM ledger.accounts AS account
WHERE account.public_id = given.account('sales') \gset

-- By hand: refused, always

SELECT throws_ok(attempt.statement, 'TL302', 'the ledger is append-only', attempt.label)
FROM (
    VALUES
    ('INSERT INTO ledger.open_holds SELECT 1, now()', 'nobody opens a hold by hand'),
    ('UPDATE ledger.open_holds SET expires_at = now()', 'nobody moves its end'),
    ('DELETE FROM ledger.open_holds', 'nobody closes one'),
    ('TRUNCATE ledger.open_holds', 'nobody closes all')
) AS attempt (statement, label);
SELECT
    is(
        (
            SELECT hook.tgenabled FROM pg_trigger AS hook
            WHERE hook.tgname = 'open_holds_kept_by_holds'
        ),
        'A', '… as a replica, too'
    );

-- The rules, without what keeps the table

ALTER TABLE ledger.open_holds DISABLE TRIGGER USER;
ALTER TABLE ledger.holds DISABLE TRIGGER USER;
INSERT INTO ledger.holds
OVERRIDING SYSTEM VALUE
SELECT made.*
FROM generate_series(1, 3) AS nth
CROSS JOIN LATERAL jsonb_populate_record(
    NULL::ledger.holds,
    jsonb_build_object(
        'id', 1000000 + nth,
        'public_id', 'hold_' || repeat('0', 23) || nth,
        'organization_id', :shop,
        'idempotency_key', 'k' || nth,
        'request_hash', '\x' || repeat('00', 32),
        'debit_account_id', :cash,
        'credit_account_id', :sales,
        'currency', 'USD',
        'amount', 1,
        'reason', 'r',
        'actor', 'a',
        'expires_at', '2100-01-01T00:00:00Z',
        'created_at', '2000-01-01T00:00:00Z'
    )
) AS made;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object('hold_id', 1000000 + nth, 'expires_at', '2100-01-01T00:00:00Z') AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('open_holds_pk', '{"hold_id": 1000001}'::jsonb),
('open_holds_hold_fk', '{"hold_id": 1}'),
('open_holds_hold_fk', '{"expires_at": "2100-01-02T00:00:00Z"}');

\ir ../../support/refusals.psql

SELECT
    is(
        (
            SELECT count(*) FROM ledger.anomalies AS anomaly
            WHERE anomaly.rule = 'open_hold_differs'
        ),
        1::bigint, 'of three holds that have not ended, the one that is not open is an anomaly'
    );
DELETE FROM ledger.open_holds;
SELECT
    is(
        (
            SELECT count(*) FROM ledger.anomalies AS anomaly
            WHERE anomaly.rule = 'open_hold_differs'
        ),
        3::bigint, '… each of those'
    );

SELECT * FROM finish();
ROLLBACK;
