-- Verify pgtill:tables/paths/cross_wallet_verifications on pg

BEGIN;

SELECT
    id,
    source_wallet,
    target_wallet,
    base_path,
    verification_result,
    verified_at
FROM paths.cross_wallet_verifications
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'cross_wallet_verifications_base_path_length',
        'cross_wallet_verifications_pk',
        'cross_wallet_verifications_source_fk',
        'cross_wallet_verifications_target_fk'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.cross_wallet_verifications'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.cross_wallet_verifications lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'cross_wallet_verifications_source_idx',
        'cross_wallet_verifications_target_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.cross_wallet_verifications lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.cross_wallet_verifications', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.cross_wallet_verifications', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.cross_wallet_verifications';
    END IF;
END
$do$;

ROLLBACK;
