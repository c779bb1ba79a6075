-- Verify pgtill:tables/paths/manufacturer_registry on pg

BEGIN;

SELECT
    wallet_version,
    manufacturer_index,
    manufacturer_name,
    organization_id,
    public_key,
    key_delegation_level,
    status,
    registered_by,
    registered_at,
    transferred_from_wallet,
    transfer_completed_at
FROM paths.manufacturer_registry
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'manufacturer_registry_delegated_has_key',
        'manufacturer_registry_index_range',
        'manufacturer_registry_key_delegation_level_known',
        'manufacturer_registry_name_shape',
        'manufacturer_registry_name_unique',
        'manufacturer_registry_organization_fk',
        'manufacturer_registry_organization_required',
        'manufacturer_registry_pk',
        'manufacturer_registry_place_unique',
        'manufacturer_registry_plings_is_one',
        'manufacturer_registry_public_key_base58',
        'manufacturer_registry_registered_by_fk',
        'manufacturer_registry_registered_by_required',
        'manufacturer_registry_status_known',
        'manufacturer_registry_transfer_completed_has_source',
        'manufacturer_registry_transferred_from_another',
        'manufacturer_registry_transferred_from_fk',
        'manufacturer_registry_wallet_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.manufacturer_registry'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.manufacturer_registry lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'manufacturer_registry_organization_idx',
        'manufacturer_registry_registered_by_idx',
        'manufacturer_registry_transferred_from_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.manufacturer_registry lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.manufacturer_registry', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.manufacturer_registry', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.manufacturer_registry';
    END IF;
END
$do$;

ROLLBACK;
