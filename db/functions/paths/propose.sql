-- Deploy pgtill:functions/paths/propose to pg
-- requires: functions/paths/require_super_admin
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/proposal_payload
-- requires: functions/paths/is_proposal

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.propose(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    action text,
    arguments jsonb
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint := paths.require_super_admin(propose.user_id);
    _answer jsonb;
BEGIN
    _answer := paths.find_answer(
        propose.organization_id, propose.idempotency_key, propose.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    IF paths.is_proposal(propose.action, propose.arguments) IS NOT TRUE THEN
        RAISE EXCEPTION 'proposal is not well formed'
            USING
                ERRCODE = 'TL228',
                DETAIL = format('action is %L', propose.action);
    END IF;

    INSERT INTO paths.proposals AS proposal (action, arguments, proposed_by)
    VALUES (propose.action, propose.arguments, _user_id)
    RETURNING paths.proposal_payload(proposal) INTO _answer;

    PERFORM paths.record_operation(
        'propose', propose.organization_id, _user_id, propose.idempotency_key,
        propose.request_hash, NULL, _answer ->> 'id', _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.propose(bigint, text, text, text, text, jsonb)
IS
$comment$Ask, as a super-admin, for an act that another must approve. Answers the proposal.

action                 arguments
create_wallet_version  {master_key_id, version_name?, description?, environment?, security_level?,
                       daily_allocation_limit?}
set_default_wallet     {version_id}
set_wallet_status      {version_id, status}: active, inactive, deprecated or retired

Raises
  TL207  user is not a super-admin
  TL215  idempotency key was used for another request
  TL228  proposal is not well formed$comment$;

GRANT EXECUTE ON FUNCTION paths.propose(bigint, text, text, text, text, jsonb) TO pgtill_service;

COMMIT;
