-- Verify pgtill:tables/app/asset_catalog on pg

BEGIN;

SELECT
    chain,
    network,
    asset,
    wallet_account_id,
    minor_unit,
    decimals,
    address_scheme,
    chain_id,
    token_standard,
    token_contract,
    token_decimals,
    default_expires_in_seconds,
    enabled,
    source_ref,
    approved_by,
    approved_at,
    needs_active,
    created_at,
    updated_at
FROM app.asset_catalog
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'asset_catalog_address_scheme_fk',
        'asset_catalog_approved_by_not_blank',
        'asset_catalog_asset_shape',
        'asset_catalog_chain_id_fk',
        'asset_catalog_chain_id_required',
        'asset_catalog_decimals_range',
        'asset_catalog_default_expires_range',
        'asset_catalog_enabled_account_active_fk',
        'asset_catalog_minor_unit_shape',
        'asset_catalog_pk',
        'asset_catalog_source_ref_not_blank',
        'asset_catalog_token_all_or_none',
        'asset_catalog_token_contract_canonical',
        'asset_catalog_token_decimals_agree',
        'asset_catalog_token_standard_known',
        'asset_catalog_wallet_account_network_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'app.asset_catalog'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.asset_catalog lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'asset_catalog_address_scheme_idx',
        'asset_catalog_chain_id_idx',
        'asset_catalog_enabled_idx',
        'asset_catalog_wallet_account_active_idx',
        'asset_catalog_wallet_account_network_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('app.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.asset_catalog lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'app.asset_catalog', 'select, insert, update, references')
            OR has_table_privilege(role, 'app.asset_catalog', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on app.asset_catalog';
    END IF;
END
$do$;

ROLLBACK;
