-- Verify pgtill:tables/wallets/wallet_idempotency_keys on pg

BEGIN;

SELECT
    user_id,
    idempotency_key,
    provider,
    provider_account_id,
    created_at
FROM wallets.wallet_idempotency_keys
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_idempotency_keys_key_length',
        'wallet_idempotency_keys_pk',
        'wallet_idempotency_keys_wallet_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'wallets.wallet_idempotency_keys'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'wallets.wallet_idempotency_keys lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'wallet_idempotency_keys_wallet_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('wallets.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'wallets.wallet_idempotency_keys lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'wallets.wallet_idempotency_keys', 'select, insert, update, references')
            OR has_table_privilege(role, 'wallets.wallet_idempotency_keys', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on wallets.wallet_idempotency_keys';
    END IF;
END
$do$;

ROLLBACK;
