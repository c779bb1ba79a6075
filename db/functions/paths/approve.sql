-- Deploy pgtill:functions/paths/approve to pg
-- requires: functions/paths/require_super_admin
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/proposal_payload
-- requires: functions/paths/lock_proposal
-- requires: functions/paths/carry_out_proposal

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.approve(
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
    _user_id bigint := paths.require_super_admin(approve.user_id);
    _answer jsonb;
    _proposal paths.proposals;
BEGIN
    _answer := paths.find_answer(
        approve.organization_id, approve.idempotency_key, approve.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    _proposal := paths.lock_proposal(approve.proposal_id);

    IF _proposal.proposed_by = _user_id THEN
        RAISE EXCEPTION 'a proposal is approved by another super-admin than its proposer'
            USING
                ERRCODE = 'TL223',
                DETAIL = format('user_id is %L', approve.user_id);
    END IF;

    UPDATE paths.proposals AS proposal
    SET
        status = 'approved',
        decided_by = _user_id,
        decided_at = now(),
        result = paths.carry_out_proposal(_proposal.action, _proposal.arguments)
    WHERE proposal.id = _proposal.id
    RETURNING paths.proposal_payload(proposal) INTO _answer;

    PERFORM paths.record_operation(
        'approve', approve.organization_id, _user_id, approve.idempotency_key,
        approve.request_hash, (_answer -> 'result' ->> 'version_id')::integer,
        approve.proposal_id, _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.approve(bigint, text, text, text, text)
IS
$comment$Approve, as another super-admin than its proposer, a proposal, and carry it out.

Answers the proposal with its result, the wallet version. Where it cannot be carried out nothing is
approved.

Raises
  TL204  wallet version does not exist
  TL205  wallet version is not active
  TL207  user is not a super-admin
  TL215  idempotency key was used for another request
  TL221  proposal does not exist
  TL222  proposal is decided
  TL223  a proposal is approved by another super-admin than its proposer
  TL224  wallet version name is taken
  TL226  the default wallet version stays active$comment$;

GRANT EXECUTE ON FUNCTION paths.approve(bigint, text, text, text, text) TO pgtill_service;

COMMIT;
