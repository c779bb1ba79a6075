-- Deploy pgtill:functions/paths/get_incident to pg
-- requires: functions/paths/seen_incidents
-- requires: functions/paths/incident_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_incident(
    organization_id bigint,
    user_id text,
    incident_id text
)
RETURNS TABLE (incident jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.incident_payload(asked, get_incident.organization_id, get_incident.user_id)
        || jsonb_build_object(
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
                FROM
                    paths.seen_transfers(
                        get_incident.organization_id, get_incident.user_id
                    ) AS transfer
                WHERE transfer.incident_id = asked.id
            )
        ) AS incident
    FROM paths.seen_incidents(get_incident.organization_id, get_incident.user_id) AS asked
    WHERE asked.public_id = get_incident.incident_id;
END;

COMMENT ON FUNCTION paths.get_incident(bigint, text, text)
IS
$comment$Answer an incident that the key may see, with the progress of the transfers that it may
see, or no row: another's is as if not there.$comment$;

GRANT EXECUTE ON FUNCTION paths.get_incident(bigint, text, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
