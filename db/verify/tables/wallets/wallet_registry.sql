-- Verify pgtill:tables/wallets/wallet_registry on pg

BEGIN;

SELECT
    id,
    external_id,
    user_id,
    provider,
    provider_account_id,
    provider_customer_id,
    idempotency_key,
    metadata,
    is_active,
    created_at,
    updated_at
FROM wallets.wallet_registry
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_registry_external_id_shape',
        'wallet_registry_external_id_unique',
        'wallet_registry_metadata_object',
        'wallet_registry_metadata_size',
        'wallet_registry_pk',
        'wallet_registry_provider_account_id_shape',
        'wallet_registry_provider_customer_id_shape',
        'wallet_registry_updated_after_created',
        'wallet_registry_user_fk',
        'wallet_registry_user_provider_account_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'wallets.wallet_registry'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'wallets.wallet_registry lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'wallets.wallet_registry', 'select, insert, update, references')
            OR has_table_privilege(role, 'wallets.wallet_registry', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on wallets.wallet_registry';
    END IF;
END
$do$;

ROLLBACK;
