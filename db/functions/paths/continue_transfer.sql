-- Deploy pgtill:functions/paths/continue_transfer to pg
-- requires: functions/paths/require_responder
-- requires: functions/paths/transfer_payload
-- requires: functions/paths/record_operation
-- requires: functions/paths/advance_transfer
-- requires: functions/paths/seen_transfers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.continue_transfer(
    organization_id bigint,
    user_id text,
    transfer_id text,
    max_paths integer
)
RETURNS TABLE (transfer jsonb, moved integer)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $function$
#variable_conflict error
DECLARE
    _transfer paths.transfers;
    _user_id bigint;
    _moved integer;
BEGIN
    -- Before every other lock: who comes second goes on where the first ended.
    SELECT opened.*
    INTO _transfer
    FROM paths.transfers AS opened
    WHERE opened.public_id = continue_transfer.transfer_id
        AND opened.id IN (
            SELECT seen.id
            FROM paths.seen_transfers(
                continue_transfer.organization_id, continue_transfer.user_id
            ) AS seen
        )
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'transfer does not exist'
            USING
                ERRCODE = 'TL218',
                DETAIL = format('transfer_id is %L', continue_transfer.transfer_id);
    END IF;

    _user_id := paths.require_responder(
        continue_transfer.organization_id, continue_transfer.user_id,
        _transfer.source_wallet, _transfer.source_index
    );

    IF _transfer.status = 'transferred' THEN
        RETURN QUERY SELECT paths.transfer_payload(_transfer), 0;
        RETURN;
    END IF;

    _moved := paths.advance_transfer(_transfer, continue_transfer.max_paths);

    SELECT opened.*
    INTO _transfer
    FROM paths.transfers AS opened
    WHERE opened.id = _transfer.id;

    PERFORM paths.record_operation(
        'continue_transfer', continue_transfer.organization_id, _user_id, NULL, NULL,
        _transfer.source_wallet, _transfer.public_id,
        jsonb_build_object('moved', _moved, 'paths_moved', _transfer.paths_moved)
    );
    RETURN QUERY SELECT paths.transfer_payload(_transfer), _moved;
END
$function$;

COMMENT ON FUNCTION paths.continue_transfer(bigint, text, text, integer)
IS
$comment$Move the next paths of a transfer, at most so many, and answer it with how many were moved.

Each step is whole: paths in both wallets, progress and lineage in one transaction. Stopped at any
point it goes on where the last step ended; called again when it is done it changes nothing. After
the last path the manufacturer is active in the target and retired in the source. A super-admin may
do so, or who may act for the manufacturer.

Raises
  TL204  wallet version does not exist (never: it is the transfer's)
  TL206  user may not act for the organization
  TL207  user is not a super-admin (revoked meanwhile)
  TL208  manufacturer does not exist
  TL210  manufacturer name or index is taken: of an onward transfer
  TL216  no manufacturer index is free: for an onward transfer
  TL218  transfer does not exist, or is another organization's$comment$;

GRANT EXECUTE ON FUNCTION paths.continue_transfer(bigint, text, text, integer)
TO pgtill_service, pgtill_operator;

COMMIT;
