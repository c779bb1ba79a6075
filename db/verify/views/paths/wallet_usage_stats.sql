-- Verify pgtill:views/paths/wallet_usage_stats on pg

BEGIN;

SELECT
    version_id,
    version_name,
    environment,
    total_paths,
    total_identifiers,
    active_manufacturers,
    last_allocation
FROM paths.wallet_usage_stats
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'paths.wallet_usage_stats', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'paths.wallet_usage_stats', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read paths.wallet_usage_stats';
    END IF;
    IF has_table_privilege('pgtill_service', 'paths.wallet_usage_stats', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read paths.wallet_usage_stats';
    END IF;
END
$do$;

ROLLBACK;
