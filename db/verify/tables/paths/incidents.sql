-- Verify pgtill:tables/paths/incidents on pg

BEGIN;

SELECT
    id,
    public_id,
    wallet_version,
    successor_version,
    reason,
    reported_by,
    reported_at,
    steps
FROM paths.incidents
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'incidents_pk',
        'incidents_public_id_shape',
        'incidents_public_id_unique',
        'incidents_reason_length',
        'incidents_reported_by_fk',
        'incidents_steps_array',
        'incidents_successor_another',
        'incidents_successor_fk',
        'incidents_successor_unique',
        'incidents_wallet_fk',
        'incidents_wallet_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.incidents'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.incidents lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'incidents_reported_by_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.incidents lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.incidents', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.incidents', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.incidents';
    END IF;
END
$do$;

ROLLBACK;
