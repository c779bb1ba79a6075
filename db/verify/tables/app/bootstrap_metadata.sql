-- Verify pgtill:tables/app/bootstrap_metadata on pg

BEGIN;

SELECT
    key,
    value
FROM app.bootstrap_metadata
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'bootstrap_metadata_pk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'app.bootstrap_metadata'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'app.bootstrap_metadata lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'app.bootstrap_metadata', 'select, insert, update, references')
            OR has_table_privilege(role, 'app.bootstrap_metadata', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on app.bootstrap_metadata';
    END IF;
END
$do$;

ROLLBACK;
