-- entries: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.entries

SELECT plan(33);

-- The triggers have tests of their own, and would come before or after every rule.

ALTER TABLE ledger.entries DISABLE TRIGGER USER;
ALTER TABLE ledger.journals DISABLE TRIGGER USER;

SELECT given.book() AS shop \gset
SELECT account.id AS cash
FROM ledger.accounts AS account
WHERE account.public_id = given.account('cash') \gset

INSERT INTO ledger.journals (
    public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at, recorded_at,
    line_count
)
VALUES (
    'jrn_' || repeat('0', 24), :shop, 'k', sha256(''), 'r', 'a', now(), '2026-01-01T00:00:00Z', 3
)
RETURNING id AS journal \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'journal_id', :journal,
        'line', nth,
        'line_count', 3,
        'organization_id', :shop,
        'recorded_at', '2026-01-01T00:00:00Z',
        'account_id', :cash,
        'currency', 'USD',
        'side', 'DEBIT',
        'amount', nth,
        'version', nth,
        'balance_after', 0,
        'chain_hash', '\x' || given.digest('chain')
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('entries_pk', '{"line": 1}'::jsonb),
('entries_line_range', '{"line": 0}'),
('entries_line_range', '{"line": 4}'),
('entries_account_fk', '{"account_id": -1}'),
('entries_account_fk', '{"currency": "EUR"}'),
('entries_journal_fk', '{"journal_id": -1}'),
('entries_journal_fk', '{"organization_id": -1}'),
('entries_journal_fk', '{"recorded_at": "2026-01-02T00:00:00Z"}'),
('entries_journal_fk', '{"line_count": 4}'),
('entries_amount_positive', '{"amount": 0}'),
('entries_amount_positive', '{"amount": -1}'),
('entries_amount_positive', '{"amount": "NaN"}'),
('entries_version_unique', '{"version": 1}'),
('entries_version_positive', '{"version": 0}'),
('entries_chain_hash_length', '{"chain_hash": "\\xab"}');

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
