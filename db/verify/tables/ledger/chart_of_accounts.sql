-- Verify pgtill:tables/ledger/chart_of_accounts on pg

BEGIN;

SELECT
    name,
    type,
    suffix,
    is_covered,
    description
FROM ledger.chart_of_accounts
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'chart_of_accounts_description_length',
        'chart_of_accounts_name_shape',
        'chart_of_accounts_pk',
        'chart_of_accounts_suffix_known'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.chart_of_accounts'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.chart_of_accounts lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'chart_of_accounts_append_only'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_trigger AS hook
        WHERE hook.tgrelid = 'ledger.chart_of_accounts'::regclass
            AND hook.tgname = wanted.name
            AND hook.tgenabled = 'A'
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.chart_of_accounts lacks triggers: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.chart_of_accounts', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.chart_of_accounts', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.chart_of_accounts';
    END IF;
END
$do$;

ROLLBACK;
