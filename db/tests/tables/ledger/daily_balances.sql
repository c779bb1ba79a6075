-- daily_balances: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.daily_balances

SELECT plan(13);

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal('a', 'cash', 'sales', 1),
        given.journal('b', 'cash', 'sales', 2),
        given.journal('c', 'cash', 'sales', 3)
    ) AS posted
\gset
SELECT account.id AS cash
FROM ledger.accounts AS account
WHERE account.public_id = given.account('cash') \gset

ALTER TABLE ledger.daily_balances DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'account_id', :cash,
        'day', format('2026-01-0%s', nth),
        'version', nth,
        'balance', nth,
        'created_at', '2026-01-05T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('daily_balances_pk', '{"day": "2026-01-01"}'::jsonb),
('daily_balances_entry_fk', '{"version": 4}'),
('daily_balances_entry_fk', '{"account_id": -1}'),
('daily_balances_version_unique', '{"version": 1}');

\ir ../../support/refusals.psql

-- Append-only, for everybody

ALTER TABLE ledger.daily_balances ENABLE TRIGGER USER;
ALTER TABLE ledger.daily_balances ENABLE ALWAYS TRIGGER daily_balances_append_only;

SELECT throws_ok(attempt.statement, 'TL302', 'the ledger is append-only', attempt.statement)
FROM (
    VALUES
    ('UPDATE ledger.daily_balances SET balance = 0'),
    ('TRUNCATE ledger.daily_balances')
) AS attempt (statement);

SELECT * FROM finish();
ROLLBACK;
