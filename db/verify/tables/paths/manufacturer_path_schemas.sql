-- Verify pgtill:tables/paths/manufacturer_path_schemas on pg

BEGIN;

SELECT
    wallet_version,
    manufacturer_index,
    path_level,
    level_name,
    level_description,
    gs1_mapping,
    is_required,
    sort_order,
    created_at,
    updated_at
FROM paths.manufacturer_path_schemas
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'manufacturer_path_schemas_gs1_mapping_length',
        'manufacturer_path_schemas_level_description_length',
        'manufacturer_path_schemas_level_name_shape',
        'manufacturer_path_schemas_manufacturer_fk',
        'manufacturer_path_schemas_path_level_range',
        'manufacturer_path_schemas_pk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.manufacturer_path_schemas'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.manufacturer_path_schemas lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.manufacturer_path_schemas', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.manufacturer_path_schemas', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.manufacturer_path_schemas';
    END IF;
END
$do$;

ROLLBACK;
