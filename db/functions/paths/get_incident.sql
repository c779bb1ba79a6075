-- Deploy pgtill:functions/paths/get_incident to pg
-- requires: functions/paths/incident_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_incident(incident_id text)
RETURNS TABLE (incident jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.incident_payload(asked) || jsonb_build_object(
            'progress', (
                SELECT
                    jsonb_build_object(
                        'transfers_open',
                        count(*) FILTER (WHERE transfer.status = 'transferring'),
                        'transfers_done', count(*) FILTER (WHERE transfer.status = 'transferred'),
                        'paths_total', coalesce(sum(transfer.paths_total), 0),
                        'paths_moved', coalesce(sum(transfer.paths_moved), 0),
                        'completion_percentage',
                        CASE
                            WHEN count(*) FILTER (WHERE transfer.status = 'transferring') = 0
                                THEN 100
                            ELSE
                                least(
                                    99,
                                    div(
                                        100 * sum(transfer.paths_moved),
                                        greatest(sum(transfer.paths_total), 1)
                                    )
                                )
                        END
                    )
                FROM paths.transfers AS transfer
                WHERE transfer.incident_id = asked.id
            )
        ) AS incident
    FROM paths.incidents AS asked
    WHERE asked.public_id = get_incident.incident_id;
END;

COMMENT ON FUNCTION paths.get_incident(text)
IS 'Answer an incident with the progress of its transfers, or no row.';

GRANT EXECUTE ON FUNCTION paths.get_incident(text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
