-- Verify pgtill:tables/ledger/journals on pg

BEGIN;

SELECT
    id,
    public_id,
    organization_id,
    idempotency_key,
    request_hash,
    reason,
    actor,
    event_at,
    recorded_at,
    payment_reference,
    reverses,
    line_count
FROM ledger.journals
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'journals_actor_length',
        'journals_entries_unique',
        'journals_event_at_range',
        'journals_idempotency_key_shape',
        'journals_idempotency_key_unique',
        'journals_line_count_range',
        'journals_payment_reference_length',
        'journals_pk',
        'journals_public_id_shape',
        'journals_public_id_unique',
        'journals_reason_length',
        'journals_request_hash_length',
        'journals_reverses_earlier',
        'journals_reverses_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.journals'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.journals lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'journals_payment_reference_idx',
        'journals_recorded_idx',
        'journals_reverses_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('ledger.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.journals lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.journals', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.journals', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.journals';
    END IF;
END
$do$;

ROLLBACK;
