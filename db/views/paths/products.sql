-- Deploy pgtill:views/paths/products to pg
-- requires: tables/paths/path_level_values

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW paths.products AS

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
        AND meaning.manufacturer_index = manufacturer.manufacturer_index;

COMMENT ON VIEW paths.products
IS 'What numbers mean, with the codes of goods. find_by_gs1() and find_by_sku() read it.';
COMMENT ON COLUMN paths.products.wallet_version IS 'The wallet.';
COMMENT ON COLUMN paths.products.manufacturer_index IS 'The manufacturer.';
COMMENT ON COLUMN paths.products.manufacturer_name IS 'Its name.';
COMMENT ON COLUMN paths.products.path_level IS 'The level.';
COMMENT ON COLUMN paths.products.level_name IS 'What the level is.';
COMMENT ON COLUMN paths.products.level_value IS 'The number in paths.';
COMMENT ON COLUMN paths.products.value_name IS 'What it means.';
COMMENT ON COLUMN paths.products.gs1_code IS 'Its GS1 code, or NULL.';
COMMENT ON COLUMN paths.products.sku_reference IS 'Its SKU, or NULL.';
COMMENT ON COLUMN paths.products.is_active IS 'Whether the value is in use.';

GRANT SELECT ON paths.products TO pgtill_operator, pgtill_auditor;

COMMIT;
