-- journals: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.journals

SELECT plan(42);

-- The triggers have tests of their own, and would come before or after every rule.

ALTER TABLE ledger.journals DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'id', 1000000 + nth,
        'public_id', 'jrn_' || repeat(nth::text, 24),
        'organization_id', 1,
        'idempotency_key', 'key_' || nth,
        'request_hash', '\x' || given.digest('request'),
        'reason', 'a test',
        'actor', 'tester',
        'event_at', '2026-01-01T00:00:00Z',
        'recorded_at', '2026-01-01T00:00:00Z',
        'payment_reference', 'pay_1',
        'line_count', 2
    )
    || CASE nth WHEN 1 THEN '{}' ELSE jsonb_build_object('reverses', 1000000 + nth - 1) END
        AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields, attempt) AS
VALUES
('journals_pk', '{"id": 1000001, "reverses": null}'::jsonb, 'a new row'),
('journals_public_id_unique', '{"public_id": "jrn_111111111111111111111111"}', NULL),
('journals_public_id_shape', '{"public_id": "jrn_11111111111111111111111"}', NULL),
('journals_idempotency_key_unique', '{"idempotency_key": "key_1"}', NULL),
('journals_idempotency_key_shape', '{"idempotency_key": "a b"}', NULL),
('journals_idempotency_key_shape', '{"idempotency_key": ""}', NULL),
('journals_idempotency_key_shape', jsonb_build_object('idempotency_key', repeat('k', 257)), NULL),
('journals_request_hash_length', '{"request_hash": "\\xab"}', NULL),
('journals_reason_length', '{"reason": ""}', NULL),
('journals_reason_length', jsonb_build_object('reason', repeat('r', 501)), NULL),
('journals_actor_length', '{"actor": ""}', NULL),
('journals_actor_length', jsonb_build_object('actor', repeat('a', 201)), NULL),
('journals_event_at_range', '{"event_at": "infinity"}', NULL),
('journals_event_at_range', '{"event_at": "10000-01-01T00:00:00Z"}', NULL),
('journals_event_at_range', '{"event_at": "0001-12-31T23:59:59Z BC"}', NULL),
('journals_payment_reference_length', '{"payment_reference": ""}', NULL),
('journals_line_count_range', '{"line_count": 1}', NULL),
('journals_line_count_range', '{"line_count": 101}', NULL),
('journals_reverses_fk', '{"reverses": 1}', NULL),
('journals_reverses_unique', '{"reverses": 1000001}', 'a new row'),
('journals_reverses_earlier', '{"reverses": 1000003, "id": 1000003}', 'a new row');

\ir ../../support/refusals.psql

SELECT * FROM finish();
ROLLBACK;
