-- Verify pgtill:tables/paths/proposals on pg

BEGIN;

SELECT
    id,
    public_id,
    action,
    arguments,
    status,
    proposed_by,
    proposed_at,
    decided_by,
    decided_at,
    result
FROM paths.proposals
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'proposals_action_known',
        'proposals_approved_by_another',
        'proposals_arguments_object',
        'proposals_decided_by_fk',
        'proposals_decided_whole',
        'proposals_pk',
        'proposals_proposed_by_fk',
        'proposals_public_id_shape',
        'proposals_public_id_unique',
        'proposals_result_when_approved',
        'proposals_status_known'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.proposals'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.proposals lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'proposals_decided_by_idx',
        'proposals_proposed_by_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.proposals lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.proposals', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.proposals', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.proposals';
    END IF;
END
$do$;

ROLLBACK;
