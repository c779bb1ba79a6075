-- Deploy pgtill:functions/paths/reject to pg
-- requires: functions/paths/require_super_admin
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/proposal_payload
-- requires: functions/paths/lock_proposal

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.reject(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    proposal_id text
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint := paths.require_super_admin(reject.user_id);
    _answer jsonb;
    _proposal paths.proposals;
BEGIN
    _answer := paths.find_answer(
        reject.organization_id, reject.idempotency_key, reject.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    _proposal := paths.lock_proposal(reject.proposal_id);

    UPDATE paths.proposals AS proposal
    SET status = 'rejected', decided_by = _user_id, decided_at = now()
    WHERE proposal.id = _proposal.id
    RETURNING paths.proposal_payload(proposal) INTO _answer;

    PERFORM paths.record_operation(
        'reject', reject.organization_id, _user_id, reject.idempotency_key,
        reject.request_hash, NULL, reject.proposal_id, _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.reject(bigint, text, text, text, text)
IS
$comment$Reject a proposal for good, as any super-admin, its proposer too. Answers the proposal.

Raises
  TL207  user is not a super-admin
  TL215  idempotency key was used for another request
  TL221  proposal does not exist
  TL222  proposal is decided$comment$;

GRANT EXECUTE ON FUNCTION paths.reject(bigint, text, text, text, text) TO pgtill_service;

COMMIT;
