-- Verify pgtill:tables/paths/path_level_values on pg

BEGIN;

SELECT
    wallet_version,
    manufacturer_index,
    path_level,
    level_value,
    value_name,
    value_description,
    gs1_code,
    sku_reference,
    is_active,
    created_at,
    updated_at
FROM paths.path_level_values
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'path_level_values_gs1_code_length',
        'path_level_values_level_value_range',
        'path_level_values_pk',
        'path_level_values_schema_fk',
        'path_level_values_sku_reference_length',
        'path_level_values_value_description_length',
        'path_level_values_value_name_shape'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.path_level_values'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.path_level_values lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'path_level_values_gs1_idx',
        'path_level_values_sku_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.path_level_values lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.path_level_values', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.path_level_values', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.path_level_values';
    END IF;
END
$do$;

ROLLBACK;
