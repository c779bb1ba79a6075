-- Verify pgtill:tables/ledger/open_holds on pg

BEGIN;

SELECT
    hold_id,
    expires_at
FROM ledger.open_holds
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'open_holds_hold_fk',
        'open_holds_pk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.open_holds'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.open_holds lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'open_holds_kept_by_holds'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.open_holds'::regclass
            AND hook.tgname = wanted.name
            AND hook.tgenabled = 'A'
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.open_holds lacks triggers: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'open_holds_expires_at_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('ledger.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.open_holds lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.open_holds', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.open_holds', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.open_holds';
    END IF;
END
$do$;

ROLLBACK;
