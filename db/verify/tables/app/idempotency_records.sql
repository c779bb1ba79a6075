-- Verify pgtill:tables/app/idempotency_records on pg

BEGIN;

SELECT
    organization_id,
    scope_method,
    scope_path,
    idempotency_key,
    request_hash,
    hash_algorithm,
    resource_id,
    response_payload,
    created_at,
    expires_at
FROM app.idempotency_records
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'idempotency_records_hash_algorithm_known',
        'idempotency_records_kept_a_day',
        'idempotency_records_key_length',
        'idempotency_records_pk',
        'idempotency_records_request_hash_shape',
        'idempotency_records_resource_fk',
        'idempotency_records_resource_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'app.idempotency_records'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.idempotency_records lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'app.idempotency_records', 'select, insert, update, references')
            OR has_table_privilege(role, 'app.idempotency_records', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on app.idempotency_records';
    END IF;
END
$do$;

ROLLBACK;
