-- Deploy pgtill:functions/paths/list_incidents to pg
-- requires: functions/paths/incident_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_incidents(after_id text, max_count integer)
RETURNS TABLE (incident jsonb, incident_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.incident_payload(listed) AS incident,
        listed.public_id AS incident_id
    FROM paths.incidents AS listed
    WHERE
        (
            list_incidents.after_id IS NULL
            OR listed.id < (
                SELECT last.id
                FROM paths.incidents AS last
                WHERE last.public_id = list_incidents.after_id
            )
        )
    ORDER BY listed.id DESC
    LIMIT list_incidents.max_count;
END;

COMMENT ON FUNCTION paths.list_incidents(text, integer)
IS 'Answer incidents, the newest first, after one.';

GRANT EXECUTE ON FUNCTION paths.list_incidents(text, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
