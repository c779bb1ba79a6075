-- holds: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.holds

SELECT plan(40);

-- The triggers have tests of their own, and would come before or after every rule.

ALTER TABLE ledger.holds DISABLE TRIGGER USER;

SELECT given.book() AS shop \gset
SELECT account.id AS cash FROM ledger.accounts AS account
WHERE account.public_id = given.account('cash') \gset
SELECT account.id AS wallet FROM ledger.accounts AS account
WHERE account.public_id = given.account('wallet') \gset

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', 1000000 + nth,
        'public_id', 'hold_' || repeat(nth::text, 24),
        'organization_id', :shop,
        'idempotency_key', 'key_' || nth,
        'request_hash', '\x' || given.digest('request'),
        'debit_account_id', :cash,
        'credit_account_id', :wallet,
        'currency', 'USD',
        'amount', nth,
        'reason', 'a test',
        'actor', 'tester',
        'payment_reference', 'pay_1',
        'expires_at', '2026-01-02T00:00:00Z',
        'created_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('holds_pk', '{"id": 1000001}'::jsonb, 'a new row'),
('holds_public_id_unique', '{"public_id": "hold_111111111111111111111111"}', NULL),
('holds_idempotency_key_unique', '{"idempotency_key": "key_1"}', NULL),
('holds_idempotency_key_shape', '{"idempotency_key": "a b"}', NULL),
('holds_request_hash_length', '{"request_hash": "\\xab"}', NULL),
('holds_debit_account_fk', '{"debit_account_id": -1}', NULL),
('holds_debit_account_fk', '{"currency": "EUR"}', NULL),
('holds_credit_account_fk', '{"credit_account_id": -1}', NULL),
('holds_accounts_differ', format('{"credit_account_id": %s}', :cash)::jsonb, NULL),
('holds_amount_positive', '{"amount": 0}', NULL),
('holds_amount_positive', '{"amount": "NaN"}', NULL),
('holds_reason_length', '{"reason": ""}', NULL),
('holds_reason_length', jsonb_build_object('reason', repeat('r', 501)), NULL),
('holds_actor_length', '{"actor": ""}', NULL),
('holds_payment_reference_length', '{"payment_reference": ""}', NULL),
('holds_expires_later', '{"expires_at": "2026-01-01T00:00:00Z"}', NULL),
('holds_expires_at_range', '{"expires_at": "infinity"}', NULL);

\ir ../../support/refusals.psql

-- Append-only, for everybody

ALTER TABLE ledger.holds ENABLE ALWAYS TRIGGER holds_append_only;

SELECT throws_ok(attempt.statement, 'TL302', 'the ledger is append-only', attempt.statement)
FROM (
    VALUES
    ('UPDATE ledger.holds SET amount = 0'),
    ('DELETE FROM ledger.holds'),
    ('TRUNCATE ledger.holds CASCADE')
) AS attempt (statement);
SELECT
    is(
        (
            SELECT account.pending_in FROM ledger.accounts AS account
            WHERE account.id = :cash
        ),
        0::numeric,
        'rows that the trigger did not see moved nothing'
    );

SELECT * FROM finish();
ROLLBACK;
