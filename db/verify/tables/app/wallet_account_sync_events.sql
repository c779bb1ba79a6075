-- Verify pgtill:tables/app/wallet_account_sync_events on pg

BEGIN;

SELECT
    id,
    chain,
    network,
    keyset_id,
    wallet_account_id,
    action,
    match_source,
    key_material_hash,
    key_material_hash_algo,
    details,
    created_at,
    previous_hash,
    event_hash
FROM app.wallet_account_sync_events
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_account_sync_events_action_known',
        'wallet_account_sync_events_details_object',
        'wallet_account_sync_events_event_hash_shape',
        'wallet_account_sync_events_key_material_hash_algo_known',
        'wallet_account_sync_events_key_material_hash_shape',
        'wallet_account_sync_events_match_source_known',
        'wallet_account_sync_events_pk',
        'wallet_account_sync_events_previous_hash_unique',
        'wallet_account_sync_events_wallet_account_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'app.wallet_account_sync_events'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.wallet_account_sync_events lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_account_sync_events_keyset_idx',
        'wallet_account_sync_events_wallet_account_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('app.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.wallet_account_sync_events lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'app.wallet_account_sync_events', 'select, insert, update, references')
            OR has_table_privilege(role, 'app.wallet_account_sync_events', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on app.wallet_account_sync_events';
    END IF;
END
$do$;

ROLLBACK;
