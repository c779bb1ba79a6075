-- Verify pgtill:tables/paths/operations on pg

BEGIN;

SELECT
    id,
    operation,
    organization_id,
    user_id,
    wallet_version,
    subject,
    idempotency_key,
    request_hash,
    answer,
    created_at
FROM paths.operations
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'operations_allocation_has_key',
        'operations_key_length',
        'operations_key_unique',
        'operations_key_whole',
        'operations_operation_shape',
        'operations_organization_fk',
        'operations_pk',
        'operations_request_hash_shape',
        'operations_user_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.operations'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.operations lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'operations_user_idx',
        'operations_wallet_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.operations lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.operations', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.operations', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.operations';
    END IF;
END
$do$;

ROLLBACK;
