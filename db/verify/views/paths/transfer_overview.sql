-- Verify pgtill:views/paths/transfer_overview on pg

BEGIN;

SELECT
    place,
    transfer_id,
    scope,
    manufacturer_name,
    source_wallet,
    source_index,
    target_wallet,
    target_index,
    base_path,
    status,
    paths_moved,
    paths_total,
    completion_percentage,
    assignment_reason,
    opened_at,
    completed_at
FROM paths.transfer_overview
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'paths.transfer_overview', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'paths.transfer_overview', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read paths.transfer_overview';
    END IF;
    IF has_table_privilege('pgtill_service', 'paths.transfer_overview', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read paths.transfer_overview';
    END IF;
END
$do$;

ROLLBACK;
