-- Verify pgtill:tables/app/wallet_accounts on pg

BEGIN;

SELECT
    id,
    chain,
    network,
    keyset_id,
    derivation_path_template,
    next_index,
    is_active,
    parent_key_digest,
    key_material_hash,
    key_material_hash_algo,
    network_is_allowed,
    created_at,
    updated_at
FROM app.wallet_accounts
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_accounts_id_shape',
        'wallet_accounts_is_active_unique',
        'wallet_accounts_key_material_hash_algo_known',
        'wallet_accounts_key_material_hash_shape',
        'wallet_accounts_keyset_id_shape',
        'wallet_accounts_network_allowed_fk',
        'wallet_accounts_network_unique',
        'wallet_accounts_next_index_range',
        'wallet_accounts_parent_key_digest_shape',
        'wallet_accounts_pk',
        'wallet_accounts_template_known',
        'wallet_accounts_used_has_key'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'app.wallet_accounts'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.wallet_accounts lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_accounts_active_keyset_unique',
        'wallet_accounts_active_parent_key_unique',
        'wallet_accounts_keyset_idx',
        'wallet_accounts_network_allowed_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('app.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.wallet_accounts lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'app.wallet_accounts', 'select, insert, update, references')
            OR has_table_privilege(role, 'app.wallet_accounts', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on app.wallet_accounts';
    END IF;
END
$do$;

ROLLBACK;
