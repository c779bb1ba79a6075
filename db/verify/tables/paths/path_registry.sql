-- Verify pgtill:tables/paths/path_registry on pg

BEGIN;

SELECT
    wallet_version,
    base_path,
    manufacturer_index,
    hd_derivation_prefix,
    node_kind,
    allocation_type,
    quantity,
    allocated_range_start,
    allocated_range_end,
    purpose,
    status,
    allocated_by,
    allocated_at,
    completed_at,
    retired_at,
    transferred_to_wallet,
    transferred_to_path,
    transferred_at
FROM paths.path_registry
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'path_registry_allocation_type_known',
        'path_registry_allocator_fk',
        'path_registry_exhausted_since',
        'path_registry_node_fk',
        'path_registry_pk',
        'path_registry_purpose_length',
        'path_registry_quantity_range',
        'path_registry_range_end_range',
        'path_registry_range_start_range',
        'path_registry_retired_since',
        'path_registry_status_known',
        'path_registry_transferred_since',
        'path_registry_transferred_to_another',
        'path_registry_transferred_to_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.path_registry'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.path_registry lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'path_registry_allocator_idx',
        'path_registry_transferred_to_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.path_registry lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.path_registry', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.path_registry', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.path_registry';
    END IF;
END
$do$;

ROLLBACK;
