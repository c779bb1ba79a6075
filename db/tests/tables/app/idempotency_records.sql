-- idempotency_records: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table app.idempotency_records

SELECT plan(25);

-- Every edit meets refuse_idempotency_record_change(), see its test. The rules hold without it.

ALTER TABLE app.idempotency_records DISABLE TRIGGER idempotency_records_append_only;

-- Given a shop with four payment requests, and another organization

SELECT given.shop() AS shop \gset

SELECT count(*) AS created
FROM app.allocate_and_insert(
    (SELECT jsonb_agg(given.order('k' || nth)) FROM generate_series(1, 4) AS nth),
    given.window('wa_btc_regtest_001', 0, 4)
) \gset

CREATE TEMPORARY TABLE good AS
SELECT
    record.nth,
    jsonb_build_object(
        'organization_id', record.organization_id,
        'scope_method', 'POST',
        'scope_path', '/v1/payment-requests',
        'idempotency_key', 'key ' || record.nth,
        'request_hash', record.request_hash,
        'hash_algorithm', 'sha256',
        'resource_id', record.resource_id,
        'response_payload', record.response_payload,
        'created_at', '2026-01-01T00:00:00Z',
        'expires_at', '2026-01-08T00:00:00Z'
    ) AS fields
FROM (
    SELECT
        made.*,
        row_number() OVER (ORDER BY made.idempotency_key) AS nth
    FROM app.idempotency_records AS made
) AS record
WHERE record.nth < 4;

-- Room for the same rows made by hand; the fourth stays

DELETE FROM app.idempotency_records
WHERE idempotency_key <> 'k4';

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('idempotency_records_pk', '{"idempotency_key": "key 1"}'::jsonb),
('idempotency_records_key_length', '{"idempotency_key": ""}'),
('idempotency_records_key_length', jsonb_build_object('idempotency_key', repeat('k', 256))),
('idempotency_records_request_hash_shape', '{"request_hash": "ab"}'),
('idempotency_records_request_hash_shape', jsonb_build_object('request_hash', repeat('A', 64))),
('idempotency_records_hash_algorithm_known', '{"hash_algorithm": "md5"}'),
(
    'idempotency_records_resource_unique',
    (
        SELECT jsonb_build_object('resource_id', sample.fields -> 'resource_id') FROM good AS sample
        WHERE sample.nth = 1
    )
),
('idempotency_records_resource_fk', '{"resource_id": "pr_000000000000000000000000"}'),
(
    'idempotency_records_resource_fk',
    (
        SELECT jsonb_build_object('organization_id', other.id)
        FROM identity.organizations AS other
        WHERE other.name = 'other'
    )
),
('idempotency_records_kept_a_day', '{"expires_at": "2026-01-01T23:59:59Z"}');

\ir ../../support/refusals.psql

SELECT
    lives_ok(
        'UPDATE app.idempotency_records SET expires_at = created_at + interval ''24 hours''',
        'a key may be kept for a day'
    );
SELECT
    lives_ok(
        'UPDATE app.idempotency_records SET idempotency_key = repeat(''k'', 255) WHERE'
        ' idempotency_key = ''k4''',
        'a key may have 255 characters'
    );

SELECT * FROM finish();
ROLLBACK;
