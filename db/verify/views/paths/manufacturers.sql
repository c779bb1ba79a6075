-- Verify pgtill:views/paths/manufacturers on pg

BEGIN;

SELECT
    wallet_version,
    manufacturer_index,
    manufacturer_name,
    organization_id,
    status,
    public_key,
    key_delegation_level,
    transferred_from_wallet
FROM paths.manufacturers
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'paths.manufacturers', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'paths.manufacturers', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read paths.manufacturers';
    END IF;
    IF has_table_privilege('pgtill_service', 'paths.manufacturers', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read paths.manufacturers';
    END IF;
END
$do$;

ROLLBACK;
