-- Deploy pgtill:functions/paths/list_proposals to pg
-- requires: functions/paths/is_super_admin
-- requires: functions/paths/proposal_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_proposals(
    user_id text,
    after_id text,
    max_count integer
)
RETURNS TABLE (proposal jsonb, proposal_id text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.proposal_payload(listed) AS proposal,
        listed.public_id AS proposal_id
    FROM paths.proposals AS listed
    WHERE
        (SELECT paths.is_super_admin(list_proposals.user_id))
        AND (
            list_proposals.after_id IS NULL
            OR listed.id < (
                SELECT last.id
                FROM paths.proposals AS last
                WHERE last.public_id = list_proposals.after_id
            )
        )
    ORDER BY listed.id DESC
    LIMIT list_proposals.max_count;
END;

COMMENT ON FUNCTION paths.list_proposals(text, text, integer)
IS
$comment$Answer proposals to a super-admin, the newest first, after one; none to others.$comment$;

GRANT EXECUTE ON FUNCTION paths.list_proposals(text, text, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
