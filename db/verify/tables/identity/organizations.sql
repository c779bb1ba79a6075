-- Verify pgtill:tables/identity/organizations on pg

BEGIN;

SELECT
    id,
    public_id,
    name,
    created_at
FROM identity.organizations
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'organizations_name_shape',
        'organizations_name_unique',
        'organizations_pk',
        'organizations_public_id_shape',
        'organizations_public_id_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'identity.organizations'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'identity.organizations lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'identity.organizations', 'select, insert, update, references')
            OR has_table_privilege(role, 'identity.organizations', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on identity.organizations';
    END IF;
END
$do$;

ROLLBACK;
