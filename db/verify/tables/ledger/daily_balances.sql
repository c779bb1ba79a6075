-- Verify pgtill:tables/ledger/daily_balances on pg

BEGIN;

SELECT
    account_id,
    day,
    version,
    balance,
    created_at
FROM ledger.daily_balances
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'daily_balances_entry_fk',
        'daily_balances_pk',
        'daily_balances_version_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.daily_balances'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.daily_balances lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'daily_balances_append_only'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.daily_balances'::regclass
            AND hook.tgname = wanted.name
            AND hook.tgenabled = 'A'
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.daily_balances lacks triggers: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.daily_balances', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.daily_balances', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.daily_balances';
    END IF;
END
$do$;

ROLLBACK;
