-- Deploy pgtill:functions/paths/transfer_path to pg
-- requires: functions/paths/require_responder
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/transfer_payload
-- requires: functions/paths/parse_path
-- requires: functions/paths/move_path

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.transfer_path(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    base_path text,
    target_wallet integer,
    assignment_reason text
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _source_index integer := (paths.parse_path(transfer_path.base_path))[1];
    _target_index integer;
    _user_id bigint;
    _answer jsonb;
BEGIN
    _user_id := paths.require_responder(
        transfer_path.organization_id, transfer_path.user_id, transfer_path.wallet_version,
        _source_index
    );
    _answer := paths.find_answer(
        transfer_path.organization_id, transfer_path.idempotency_key, transfer_path.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    _target_index := paths.find_target_index(
        transfer_path.wallet_version, _source_index, transfer_path.target_wallet
    );
    PERFORM paths.move_path(
        transfer_path.wallet_version, transfer_path.base_path, transfer_path.target_wallet,
        _target_index
    );

    INSERT INTO paths.transfers AS transfer (
        scope, source_wallet, source_index, target_wallet, target_index, base_path,
        assignment_reason, status, paths_total, paths_moved, opened_by, completed_at
    )
    VALUES (
        'path', transfer_path.wallet_version, _source_index, transfer_path.target_wallet,
        _target_index, transfer_path.base_path, transfer_path.assignment_reason, 'transferred',
        1, 1, _user_id, now()
    )
    RETURNING paths.transfer_payload(transfer) INTO _answer;

    PERFORM paths.record_operation(
        'transfer_path', transfer_path.organization_id, _user_id, transfer_path.idempotency_key,
        transfer_path.request_hash, transfer_path.wallet_version, transfer_path.base_path, _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.transfer_path(bigint, text, text, text, integer, text, integer, text)
IS
$comment$Move one live path to another wallet, where its manufacturer must be active, in this call.

The path is the same there but for the manufacturer's index. A super-admin may do so, or who may act
for the manufacturer. Answers the transfer.

Raises
  TL204  wallet version does not exist
  TL205  wallet version is not active: the target must be
  TL206  user may not act for the organization
  TL207  user is not a super-admin (revoked meanwhile)
  TL208  manufacturer does not exist, there or here
  TL209  manufacturer is not active, there or here
  TL212  path does not exist
  TL213  path is not in a status that allows this
  TL215  idempotency key was used for another request
  TL219  path is not free in the target wallet
  TL220  source and target are one wallet version
  23514  the reason is not known (transfers_reason_known)$comment$;

GRANT EXECUTE
ON FUNCTION paths.transfer_path(bigint, text, text, text, integer, text, integer, text)
TO pgtill_service;

COMMIT;
