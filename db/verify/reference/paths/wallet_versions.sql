-- Verify pgtill:reference/paths/wallet_versions on pg

BEGIN;

-- Division by zero says that a row is missing.
SELECT 1 / (count(*) = 1)::integer
FROM paths.manufacturer_registry AS manufacturer
INNER JOIN paths.path_nodes AS root
    ON manufacturer.wallet_version = root.wallet_version AND root.base_path = '1'
WHERE
    manufacturer.wallet_version = 1
    AND manufacturer.manufacturer_index = 1
    AND manufacturer.manufacturer_name = 'Plings';

ROLLBACK;
