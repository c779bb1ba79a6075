-- Verify pgtill:tables/paths/transfers on pg

BEGIN;

SELECT
    id,
    public_id,
    scope,
    source_wallet,
    source_index,
    target_wallet,
    target_index,
    target_status,
    base_path,
    assignment_reason,
    status,
    paths_total,
    paths_moved,
    resume_after,
    completion_percentage,
    incident_id,
    opened_by,
    opened_at,
    completed_at
FROM paths.transfers
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'transfers_base_path_in_scope',
        'transfers_completed_when_done',
        'transfers_done_when_all_moved',
        'transfers_incident_fk',
        'transfers_moved_range',
        'transfers_opened_by_fk',
        'transfers_pk',
        'transfers_public_id_shape',
        'transfers_public_id_unique',
        'transfers_reason_known',
        'transfers_scope_known',
        'transfers_source_fk',
        'transfers_status_known',
        'transfers_target_fk',
        'transfers_target_status_known',
        'transfers_wallets_differ'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.transfers'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.transfers lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'transfers_incident_idx',
        'transfers_manufacturer_unique',
        'transfers_opened_by_idx',
        'transfers_source_idx',
        'transfers_target_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.transfers lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.transfers', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.transfers', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.transfers';
    END IF;
END
$do$;

ROLLBACK;
