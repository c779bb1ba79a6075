-- Verify pgtill:views/paths/incident_overview on pg

BEGIN;

SELECT
    place,
    incident_id,
    wallet_version,
    successor_version,
    reported_at,
    reported_by,
    reason,
    transfers_open,
    transfers_done,
    paths_total,
    paths_moved,
    completion_percentage
FROM paths.incident_overview
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'paths.incident_overview', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'paths.incident_overview', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read paths.incident_overview';
    END IF;
    IF has_table_privilege('pgtill_service', 'paths.incident_overview', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read paths.incident_overview';
    END IF;
END
$do$;

ROLLBACK;
