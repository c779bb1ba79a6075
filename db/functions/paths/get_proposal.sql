-- Deploy pgtill:functions/paths/get_proposal to pg
-- requires: functions/paths/is_super_admin
-- requires: functions/paths/proposal_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_proposal(
    user_id text,
    proposal_id text
)
RETURNS TABLE (proposal jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.proposal_payload(asked) AS proposal
    FROM paths.proposals AS asked
    WHERE
        asked.public_id = get_proposal.proposal_id
        AND (SELECT paths.is_super_admin(get_proposal.user_id));
END;

COMMENT ON FUNCTION paths.get_proposal(text, text)
IS
$comment$Answer a proposal to a super-admin, or no row: to others it is as if not there.$comment$;

GRANT EXECUTE ON FUNCTION paths.get_proposal(text, text) TO pgtill_service;

COMMIT;
