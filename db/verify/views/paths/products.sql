-- Verify pgtill:views/paths/products on pg

BEGIN;

SELECT
    wallet_version,
    manufacturer_index,
    manufacturer_name,
    path_level,
    level_name,
    level_value,
    value_name,
    gs1_code,
    sku_reference,
    is_active
FROM paths.products
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'paths.products', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'paths.products', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read paths.products';
    END IF;
    IF has_table_privilege('pgtill_service', 'paths.products', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read paths.products';
    END IF;
END
$do$;

ROLLBACK;
