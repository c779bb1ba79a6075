-- Deploy pgtill:functions/paths/copy_meanings to pg
-- requires: tables/paths/path_level_values

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.copy_meanings(
    source paths.manufacturer_registry,
    target paths.manufacturer_registry
)
RETURNS void
LANGUAGE sql
VOLATILE
BEGIN ATOMIC
    INSERT INTO paths.manufacturer_path_schemas (
        wallet_version, manufacturer_index, path_level, level_name, level_description, gs1_mapping,
        is_required, sort_order, created_at, updated_at
    )
    SELECT
        (copy_meanings.target).wallet_version AS wallet_version,
        (copy_meanings.target).manufacturer_index AS manufacturer_index,
        level.path_level,
        level.level_name,
        level.level_description,
        level.gs1_mapping,
        level.is_required,
        level.sort_order,
        level.created_at,
        level.updated_at
    FROM paths.manufacturer_path_schemas AS level
    WHERE
        level.wallet_version = (copy_meanings.source).wallet_version
        AND level.manufacturer_index = (copy_meanings.source).manufacturer_index;

    INSERT INTO paths.path_level_values (
        wallet_version, manufacturer_index, path_level, level_value, value_name, value_description,
        gs1_code, sku_reference, is_active, created_at, updated_at
    )
    SELECT
        (copy_meanings.target).wallet_version AS wallet_version,
        (copy_meanings.target).manufacturer_index AS manufacturer_index,
        meaning.path_level,
        meaning.level_value,
        meaning.value_name,
        meaning.value_description,
        meaning.gs1_code,
        meaning.sku_reference,
        meaning.is_active,
        meaning.created_at,
        meaning.updated_at
    FROM paths.path_level_values AS meaning
    WHERE
        meaning.wallet_version = (copy_meanings.source).wallet_version
        AND meaning.manufacturer_index = (copy_meanings.source).manufacturer_index;
END;

COMMENT ON FUNCTION paths.copy_meanings(paths.manufacturer_registry, paths.manufacturer_registry)
IS 'Copy a manufacturer''s levels and values to where it is moved.

Private to open_transfer().';

COMMIT;
