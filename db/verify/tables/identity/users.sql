-- Verify pgtill:tables/identity/users on pg

BEGIN;

SELECT
    id,
    public_id,
    email,
    created_at
FROM identity.users
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'users_email_lower_case',
        'users_email_shape',
        'users_email_unique',
        'users_pk',
        'users_public_id_shape',
        'users_public_id_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'identity.users'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'identity.users lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'identity.users', 'select, insert, update, references')
            OR has_table_privilege(role, 'identity.users', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on identity.users';
    END IF;
END
$do$;

ROLLBACK;
