-- Deploy pgtill:views/paths/incident_overview to pg
-- requires: tables/paths/incidents
-- requires: tables/paths/transfers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW paths.incident_overview AS

WITH moved AS (
    SELECT
        transfer.incident_id,
        count(*) FILTER (WHERE transfer.status = 'transferring') AS transfers_open,
        count(*) FILTER (WHERE transfer.status = 'transferred') AS transfers_done,
        sum(transfer.paths_total) AS paths_total,
        sum(transfer.paths_moved) AS paths_moved
    FROM paths.transfers AS transfer
    WHERE transfer.incident_id IS NOT NULL
    GROUP BY transfer.incident_id
)

SELECT
    incident.id AS place,
    incident.public_id AS incident_id,
    incident.wallet_version,
    incident.successor_version,
    incident.reported_at,
    person.public_id AS reported_by,
    incident.reason,
    coalesce(moved.transfers_open, 0) AS transfers_open,
    coalesce(moved.transfers_done, 0) AS transfers_done,
    coalesce(moved.paths_total, 0) AS paths_total,
    coalesce(moved.paths_moved, 0) AS paths_moved,
    CASE
        WHEN coalesce(moved.transfers_open, 0) = 0 THEN 100
        ELSE least(99, div(100 * moved.paths_moved, greatest(moved.paths_total, 1)))
    END AS completion_percentage
FROM paths.incidents AS incident
INNER JOIN identity.users AS person ON incident.reported_by = person.id
LEFT JOIN moved ON incident.id = moved.incident_id;

COMMENT ON VIEW paths.incident_overview
IS 'Incidents with how far all their transfers are, for who runs or audits the registry.';
COMMENT ON COLUMN paths.incident_overview.place IS 'In which order they were reported.';
COMMENT ON COLUMN paths.incident_overview.incident_id IS 'Its id outside.';
COMMENT ON COLUMN paths.incident_overview.wallet_version IS 'The compromised wallet.';
COMMENT ON COLUMN paths.incident_overview.successor_version
IS 'The wallet that was made in its place.';
COMMENT ON COLUMN paths.incident_overview.reported_at IS 'When.';
COMMENT ON COLUMN paths.incident_overview.reported_by IS 'The super-admin who responded.';
COMMENT ON COLUMN paths.incident_overview.reason IS 'What happened.';
COMMENT ON COLUMN paths.incident_overview.transfers_open IS 'Transfers under way.';
COMMENT ON COLUMN paths.incident_overview.transfers_done IS 'Transfers that are done.';
COMMENT ON COLUMN paths.incident_overview.paths_total IS 'Paths to move.';
COMMENT ON COLUMN paths.incident_overview.paths_moved IS 'Paths moved so far.';
COMMENT ON COLUMN paths.incident_overview.completion_percentage
IS '0 to 99 on the way, 100 when nothing is open.';

GRANT SELECT ON paths.incident_overview TO pgtill_operator, pgtill_auditor;

COMMIT;
