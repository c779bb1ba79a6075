-- Verify pgtill:tables/app/payment_requests on pg

BEGIN;

SELECT
    id,
    organization_id,
    wallet_account_id,
    chain,
    network,
    asset,
    status,
    expected_amount_minor,
    address_canonical,
    address_scheme,
    derivation_index,
    chain_id,
    token_standard,
    token_contract,
    token_decimals,
    metadata,
    expires_at,
    created_at
FROM app.payment_requests
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'payment_requests_address_canonical',
        'payment_requests_address_unique',
        'payment_requests_address_valid',
        'payment_requests_asset_length',
        'payment_requests_chain_id_required',
        'payment_requests_derivation_index_range',
        'payment_requests_derivation_index_unique',
        'payment_requests_expected_amount_range',
        'payment_requests_expires_range',
        'payment_requests_id_shape',
        'payment_requests_metadata_object',
        'payment_requests_metadata_size',
        'payment_requests_organization_fk',
        'payment_requests_organization_unique',
        'payment_requests_pk',
        'payment_requests_status_known',
        'payment_requests_token_all_or_none',
        'payment_requests_wallet_account_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'app.payment_requests'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.payment_requests lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'payment_requests_created_at_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('app.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.payment_requests lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'app.payment_requests', 'select, insert, update, references')
            OR has_table_privilege(role, 'app.payment_requests', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on app.payment_requests';
    END IF;
END
$do$;

ROLLBACK;
