-- Verify pgtill:tables/ledger/currencies on pg

BEGIN;

SELECT
    code,
    exponent,
    name,
    kind
FROM ledger.currencies
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'currencies_code_shape',
        'currencies_exponent_range',
        'currencies_kind_known',
        'currencies_name_length',
        'currencies_pk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.currencies'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.currencies lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.currencies', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.currencies', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.currencies';
    END IF;
END
$do$;

ROLLBACK;
