-- Deploy pgtill:functions/paths/find_by_sku to pg
-- requires: tables/paths/path_level_values

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.find_by_sku(sku_reference text, max_count integer)
RETURNS TABLE (
    wallet_version integer,
    manufacturer_index integer,
    manufacturer_name text,
    path_level integer,
    level_name text,
    level_value integer,
    value_name text,
    gs1_code text,
    sku_reference text,
    is_active boolean
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        meaning.wallet_version,
        meaning.manufacturer_index,
        manufacturer.manufacturer_name,
        meaning.path_level,
        level.level_name,
        meaning.level_value,
        meaning.value_name,
        meaning.gs1_code,
        meaning.sku_reference,
        meaning.is_active
    FROM paths.path_level_values AS meaning
    INNER JOIN paths.manufacturer_path_schemas AS level
        ON
            meaning.wallet_version = level.wallet_version
            AND meaning.manufacturer_index = level.manufacturer_index
            AND meaning.path_level = level.path_level
    INNER JOIN paths.manufacturer_registry AS manufacturer
        ON
            meaning.wallet_version = manufacturer.wallet_version
            AND meaning.manufacturer_index = manufacturer.manufacturer_index
    WHERE meaning.sku_reference = find_by_sku.sku_reference
    ORDER BY
        meaning.wallet_version, meaning.manufacturer_index, meaning.path_level, meaning.level_value
    LIMIT find_by_sku.max_count;
END;

COMMENT ON FUNCTION paths.find_by_sku(text, integer)
IS 'Answer the values that bear an SKU, in all wallets, in order of their place.';

GRANT EXECUTE ON FUNCTION paths.find_by_sku(text, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
