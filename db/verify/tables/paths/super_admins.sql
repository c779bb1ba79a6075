-- Verify pgtill:tables/paths/super_admins on pg

BEGIN;

SELECT
    user_id,
    granted_by,
    source_ref,
    granted_at,
    revoked_by,
    revoked_at
FROM paths.super_admins
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'super_admins_granted_by_length',
        'super_admins_pk',
        'super_admins_revoked_by_length',
        'super_admins_revoked_whole',
        'super_admins_source_ref_length',
        'super_admins_user_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.super_admins'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.super_admins lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.super_admins', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.super_admins', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.super_admins';
    END IF;
END
$do$;

ROLLBACK;
