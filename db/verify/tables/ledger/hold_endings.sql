-- Verify pgtill:tables/ledger/hold_endings on pg

BEGIN;

SELECT
    hold_id,
    kind,
    organization_id,
    idempotency_key,
    journal_key,
    request_hash,
    actor,
    recorded_at
FROM ledger.hold_endings
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'hold_endings_actor_length',
        'hold_endings_hold_fk',
        'hold_endings_idempotency_key_shape',
        'hold_endings_idempotency_key_unique',
        'hold_endings_journal_fk',
        'hold_endings_journal_unique',
        'hold_endings_kind_known',
        'hold_endings_pk',
        'hold_endings_request_hash_length',
        'hold_endings_request_named'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.hold_endings'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.hold_endings lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'hold_endings_append_only'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.hold_endings'::regclass
            AND hook.tgname = wanted.name
            AND hook.tgenabled = 'A'
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.hold_endings lacks triggers: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.hold_endings', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.hold_endings', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.hold_endings';
    END IF;
END
$do$;

ROLLBACK;
