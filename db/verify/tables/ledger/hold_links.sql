-- Verify pgtill:tables/ledger/hold_links on pg

BEGIN;

SELECT
    account_id,
    place,
    version,
    hold_id,
    is_ending,
    chain_hash
FROM ledger.hold_links
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'hold_links_chain_hash_length',
        'hold_links_hold_fk',
        'hold_links_hold_unique',
        'hold_links_pk',
        'hold_links_version_positive'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.hold_links'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.hold_links lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'hold_links_append_only',
        'hold_links_kept_by_holds'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.hold_links'::regclass
            AND hook.tgname = wanted.name
            AND hook.tgenabled = 'A'
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.hold_links lacks triggers: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.hold_links', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.hold_links', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.hold_links';
    END IF;
END
$do$;

ROLLBACK;
