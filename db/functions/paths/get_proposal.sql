-- Deploy pgtill:functions/paths/get_proposal to pg
-- requires: functions/paths/proposal_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_proposal(proposal_id text)
RETURNS TABLE (proposal jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.proposal_payload(asked) AS proposal
    FROM paths.proposals AS asked
    WHERE asked.public_id = get_proposal.proposal_id;
END;

COMMENT ON FUNCTION paths.get_proposal(text)
IS 'Answer a proposal, or no row.';

GRANT EXECUTE ON FUNCTION paths.get_proposal(text) TO pgtill_service;

COMMIT;
