-- hold_endings: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table ledger.hold_endings

SELECT plan(32);

-- Given three holds, and journals of the keys that settle them

SELECT given.book() AS shop \gset
SELECT
    given.post(
        given.journal('key_0', 'cash', 'wallet', 100), given.journal('key_1', 'wallet', 'cash', 1),
        given.journal('key_2', 'wallet', 'cash', 1), given.journal('key_3', 'wallet', 'cash', 1)
    ) AS posted
\gset
SELECT count(given.hold('hold_' || nth, nth)) AS held FROM generate_series(1, 3) AS nth \gset
SET CONSTRAINTS ALL IMMEDIATE;

-- The triggers have tests of their own, and would come before or after every rule.

ALTER TABLE ledger.hold_endings DISABLE TRIGGER USER;

CREATE TEMPORARY TABLE good AS
SELECT
    counted.nth,
    jsonb_build_object(
        'hold_id', hold.id,
        'kind', 'settled',
        'organization_id', :shop,
        'idempotency_key', 'key_' || counted.nth,
        'request_hash', '\x' || given.digest('request'),
        'actor', 'tester',
        'recorded_at', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS counted (nth)
INNER JOIN ledger.holds AS hold ON hold.idempotency_key = 'hold_' || counted.nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
SELECT
    broken.rule,
    broken.fields
FROM (
    VALUES
    (
        'hold_endings_pk',
        (
            SELECT jsonb_build_object('hold_id', good.fields -> 'hold_id') FROM good
            WHERE good.nth = 1
        )
    ),
    ('hold_endings_hold_fk', '{"hold_id": -1}'),
    ('hold_endings_kind_known', '{"kind": "forgotten"}'),
    ('hold_endings_journal_unique', '{"idempotency_key": "key_1"}'),
    ('hold_endings_idempotency_key_shape', '{"idempotency_key": "a b"}'),
    ('hold_endings_idempotency_key_shape', jsonb_build_object('idempotency_key', repeat('k', 257))),
    ('hold_endings_request_named', '{"kind": "expired"}'),
    ('hold_endings_request_named', '{"idempotency_key": null, "request_hash": null}'),
    ('hold_endings_request_named', '{"request_hash": null}'),
    ('hold_endings_request_hash_length', '{"request_hash": "\\xab"}'),
    ('hold_endings_actor_length', '{"actor": ""}'),
    ('hold_endings_journal_fk', '{"idempotency_key": "key_4"}')
) AS broken (rule, fields);

-- The unique key of a request comes before that of its journal, and goes once it was met.

SELECT
    throws_ok(
        $$
        INSERT INTO ledger.hold_endings (
            hold_id, kind, organization_id, idempotency_key, request_hash, actor
        )
        SELECT filled.hold_id, filled.kind, filled.organization_id, 'key_1', filled.request_hash, filled.actor
        FROM good
        CROSS JOIN LATERAL jsonb_populate_record(NULL::ledger.hold_endings, good.fields) AS filled
        $$,
        '23505',
        'duplicate key value violates unique constraint "hold_endings_idempotency_key_unique"',
        'one key ends one hold'
    );
ALTER TABLE ledger.hold_endings DROP CONSTRAINT hold_endings_idempotency_key_unique;

\ir ../../support/refusals.psql

-- What is worked out from the others

SELECT
    results_eq(
        'SELECT ending.journal_key COLLATE "default" FROM ledger.hold_endings AS ending ORDER BY 1',
        $$ VALUES ('key_1'), ('key_2') $$,
        'the journal of what settled has the key of the request'
    );

-- Append-only, for everybody

ALTER TABLE ledger.hold_endings ENABLE ALWAYS TRIGGER hold_endings_append_only;

SELECT throws_ok(attempt.statement, 'TL302', 'the ledger is append-only', attempt.statement)
FROM (
    VALUES
    ('UPDATE ledger.hold_endings SET kind = ''released'''),
    ('DELETE FROM ledger.hold_endings'),
    ('TRUNCATE ledger.hold_endings')
) AS attempt (statement);

SELECT * FROM finish();
ROLLBACK;
