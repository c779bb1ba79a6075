-- Verify pgtill:tables/ledger/holds on pg

BEGIN;

SELECT
    id,
    public_id,
    organization_id,
    idempotency_key,
    request_hash,
    debit_account_id,
    credit_account_id,
    currency,
    amount,
    reason,
    actor,
    payment_reference,
    expires_at,
    created_at
FROM ledger.holds
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'holds_accounts_differ',
        'holds_actor_length',
        'holds_amount_positive',
        'holds_credit_account_fk',
        'holds_debit_account_fk',
        'holds_expires_at_range',
        'holds_expires_later',
        'holds_expires_at_unique',
        'holds_idempotency_key_shape',
        'holds_idempotency_key_unique',
        'holds_payment_reference_length',
        'holds_pk',
        'holds_public_id_unique',
        'holds_reason_length',
        'holds_request_hash_length'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.holds'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.holds lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'holds_credit_account_idx',
        'holds_debit_account_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('ledger.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.holds lacks indexes: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'holds_append_only'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.holds'::regclass
            AND hook.tgname = wanted.name
            AND hook.tgenabled = 'A'
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.holds lacks triggers: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.holds', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.holds', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.holds';
    END IF;
END
$do$;

ROLLBACK;
