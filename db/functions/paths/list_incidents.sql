-- Deploy pgtill:functions/paths/list_incidents to pg
-- requires: functions/paths/seen_incidents
-- requires: functions/paths/incident_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_incidents(
    organization_id bigint,
    user_id text,
    after_id text,
    max_count integer
)
RETURNS TABLE (incident jsonb, incident_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.incident_payload(
            listed, list_incidents.organization_id, list_incidents.user_id
        ) AS incident,
        listed.public_id AS incident_id
    FROM paths.seen_incidents(list_incidents.organization_id, list_incidents.user_id) AS listed
    WHERE
        (
            list_incidents.after_id IS NULL
            OR listed.id < (
                SELECT last.id
                FROM
                    paths.seen_incidents(
                        list_incidents.organization_id, list_incidents.user_id
                    ) AS last
                WHERE last.public_id = list_incidents.after_id
            )
        )
    ORDER BY listed.id DESC
    LIMIT list_incidents.max_count;
END;

COMMENT ON FUNCTION paths.list_incidents(bigint, text, text, integer)
IS
$comment$Answer the incidents that the key may see, the newest first, after one. After one that
it may not see, as after one that is not there, comes nothing.$comment$;

GRANT EXECUTE ON FUNCTION paths.list_incidents(bigint, text, text, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
