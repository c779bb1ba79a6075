-- Verify pgtill:tables/paths/wallet_versions on pg

BEGIN;

SELECT
    version_id,
    version_name,
    master_key_id,
    description,
    environment,
    security_level,
    status,
    is_default,
    daily_allocation_limit,
    current_daily_allocations,
    last_reset_date,
    created_at,
    deactivated_at,
    retired_at,
    compromised_at
FROM paths.wallet_versions
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_versions_compromised_since',
        'wallet_versions_daily_limit',
        'wallet_versions_default_is_active',
        'wallet_versions_default_unique',
        'wallet_versions_description_length',
        'wallet_versions_environment_known',
        'wallet_versions_master_key_id_shape',
        'wallet_versions_name_shape',
        'wallet_versions_name_unique',
        'wallet_versions_pk',
        'wallet_versions_retired_since',
        'wallet_versions_security_level_known',
        'wallet_versions_status_known',
        'wallet_versions_version_id_range'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.wallet_versions'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.wallet_versions lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.wallet_versions', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.wallet_versions', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.wallet_versions';
    END IF;
END
$do$;

ROLLBACK;
