-- Verify pgtill:tables/paths/wallet_health_metrics on pg

BEGIN;

SELECT
    wallet_version,
    metric_date,
    allocations_count,
    verifications_count,
    error_count,
    average_response_time_ms
FROM paths.wallet_health_metrics
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_health_metrics_not_negative',
        'wallet_health_metrics_pk',
        'wallet_health_metrics_wallet_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.wallet_health_metrics'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.wallet_health_metrics lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.wallet_health_metrics', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.wallet_health_metrics', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.wallet_health_metrics';
    END IF;
END
$do$;

ROLLBACK;
