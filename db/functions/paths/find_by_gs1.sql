-- Deploy pgtill:functions/paths/find_by_gs1 to pg
-- requires: functions/paths/seen_manufacturers
-- requires: views/paths/products

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.find_by_gs1(
    organization_id bigint,
    user_id text,
    gs1_code text,
    max_count integer
)
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
    SELECT product.*
    FROM paths.products AS product
    INNER JOIN
        paths.seen_manufacturers(
            find_by_gs1.organization_id, find_by_gs1.user_id
        ) AS manufacturer
        ON
            product.wallet_version = manufacturer.wallet_version
            AND product.manufacturer_index = manufacturer.manufacturer_index
    WHERE product.gs1_code = find_by_gs1.gs1_code
    ORDER BY
        product.wallet_version, product.manufacturer_index, product.path_level, product.level_value
    LIMIT find_by_gs1.max_count;
END;

COMMENT ON FUNCTION paths.find_by_gs1(bigint, text, text, integer)
IS
$comment$Answer the products that bear a GS1 code, of the manufacturers that the key may see, in
all wallets, in order of their place.$comment$;

GRANT EXECUTE ON FUNCTION paths.find_by_gs1(bigint, text, text, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
