-- refuse_idempotency_record_change(): used keys are append-only, for everybody.
\ir ../../support/begin.psql

SELECT plan(31);

-- Shape

SELECT
    is(
        given.shape('app.refuse_idempotency_record_change()'),
        'volatile invoker, private',
        'nobody calls it'
    );
SELECT
    trigger_is(
        'app', 'idempotency_records', 'idempotency_records_append_only',
        'app', 'refuse_idempotency_record_change', 'it stands on the keys'
    );

-- Given one key

SELECT given.shop() AS shop \gset

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        answer.outcome, 'created', 'a key is used'
    )
FROM app.allocate_and_insert(
    jsonb_build_array(given.order('a')), given.window('wa_btc_regtest_001', 0, 1)
) AS answer;

RESET ROLE;

SELECT to_jsonb(record) AS before
FROM app.idempotency_records AS record \gset

-- Refusals: the superuser, then the superuser where ordinary triggers are off, then the owner

CREATE TEMPORARY TABLE attempts (statement, label) AS
VALUES
('UPDATE app.idempotency_records SET request_hash = repeat(''0'', 64)', 'UPDATE of the hash'),
('UPDATE app.idempotency_records SET response_payload = ''{}''', 'UPDATE of the answer'),
(
    'UPDATE app.idempotency_records SET resource_id = ''pr_000000000000000000000000''',
    'UPDATE of what was made'
),
('UPDATE app.idempotency_records SET idempotency_key = ''b''', 'UPDATE of the key'),
('UPDATE app.idempotency_records SET expires_at = ''infinity'' WHERE FALSE', 'UPDATE of nothing'),
('DELETE FROM app.idempotency_records', 'DELETE'),
('TRUNCATE app.idempotency_records', 'TRUNCATE'),
(
    'MERGE INTO app.idempotency_records AS record USING (VALUES (1)) AS one (id) ON TRUE'
    ' WHEN MATCHED THEN DELETE',
    'MERGE'
),
(
    'INSERT INTO app.idempotency_records SELECT record.* FROM app.idempotency_records AS record'
    ' ON CONFLICT ON CONSTRAINT idempotency_records_pk DO UPDATE SET request_hash = ''''',
    'INSERT that updates'
);

GRANT SELECT ON attempts TO pgtill_owner;

SELECT
    throws_ok(
        attempt.statement,
        'TL010',
        'used idempotency keys are append-only',
        format('%s by the superuser', attempt.label)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = replica;

SELECT
    throws_ok(
        attempt.statement,
        'TL010',
        'used idempotency keys are append-only',
        format('%s as a replica would', attempt.label)
    )
FROM attempts AS attempt;

SET LOCAL session_replication_role = origin;
SET LOCAL ROLE pgtill_owner;

SELECT
    throws_ok(
        attempt.statement,
        'TL010',
        'used idempotency keys are append-only',
        format('%s by the owner', attempt.label)
    )
FROM attempts AS attempt;

RESET ROLE;

-- State after

SELECT
    is(
        to_jsonb(record), :'before'::jsonb, 'the key is what it was'
    )
FROM app.idempotency_records AS record;

SELECT * FROM finish();
ROLLBACK;
