-- Verify pgtill:tables/identity/signing_secrets on pg

BEGIN;

SELECT
    key_id,
    sealed_secret,
    created_at
FROM identity.signing_secrets
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'signing_secrets_api_key_fk',
        'signing_secrets_pk',
        'signing_secrets_sealed_secret_length'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'identity.signing_secrets'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'identity.signing_secrets lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'identity.signing_secrets', 'select, insert, update, references')
            OR has_table_privilege(role, 'identity.signing_secrets', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on identity.signing_secrets';
    END IF;
END
$do$;

ROLLBACK;
