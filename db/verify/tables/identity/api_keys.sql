-- Verify pgtill:tables/identity/api_keys on pg

BEGIN;

SELECT
    key_id,
    organization_id,
    user_id,
    secret_hash,
    scopes,
    created_at,
    revoked_at
FROM identity.api_keys
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'api_keys_key_id_shape',
        'api_keys_member_fk',
        'api_keys_organization_fk',
        'api_keys_pk',
        'api_keys_revoked_after_created',
        'api_keys_scopes_known',
        'api_keys_scopes_not_empty',
        'api_keys_secret_hash_bcrypt'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'identity.api_keys'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'identity.api_keys lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'api_keys_organization_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('identity.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'identity.api_keys lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'identity.api_keys', 'select, insert, update, references')
            OR has_table_privilege(role, 'identity.api_keys', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on identity.api_keys';
    END IF;
END
$do$;

ROLLBACK;
