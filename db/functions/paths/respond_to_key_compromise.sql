-- Deploy pgtill:functions/paths/respond_to_key_compromise to pg
-- requires: functions/paths/require_super_admin
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/incident_payload
-- requires: functions/paths/compromise_wallet

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.respond_to_key_compromise(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    reason text,
    successor_master_key_id text,
    successor_name text DEFAULT NULL,
    is_dry_run boolean DEFAULT FALSE
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint := paths.require_super_admin(respond_to_key_compromise.user_id);
    _answer jsonb;
    _incident paths.incidents;
BEGIN
    IF NOT respond_to_key_compromise.is_dry_run THEN
        _answer := paths.find_answer(
            respond_to_key_compromise.organization_id, respond_to_key_compromise.idempotency_key,
            respond_to_key_compromise.request_hash
        );
        IF _answer IS NOT NULL THEN
            RETURN QUERY SELECT TRUE, _answer;
            RETURN;
        END IF;
    END IF;

    -- A dry run is the real run, taken back: it cannot show anything else.
    BEGIN
        _incident := paths.compromise_wallet(
            -- NULL is the default wallet elsewhere; none is given up for want of a number.
            coalesce(respond_to_key_compromise.wallet_version, 0),
            respond_to_key_compromise.reason,
            respond_to_key_compromise.successor_master_key_id,
            respond_to_key_compromise.successor_name, _user_id
        );
        _answer := paths.incident_payload(
            _incident, respond_to_key_compromise.organization_id, respond_to_key_compromise.user_id
        );
        IF respond_to_key_compromise.is_dry_run THEN
            RAISE EXCEPTION 'a dry run is taken back';
        END IF;
    EXCEPTION WHEN raise_exception THEN
        RETURN QUERY
        SELECT
            FALSE,
            _answer || jsonb_build_object(
                'id', NULL,
                'is_dry_run', TRUE,
                'transfers', (
                    SELECT coalesce(jsonb_agg(opened.transfer || '{"id": null}' ORDER BY opened.nth), '[]')
                    FROM jsonb_array_elements(_answer -> 'transfers')
                        WITH ORDINALITY AS opened (transfer, nth)
                )
            );
        RETURN;
    END;

    PERFORM paths.record_operation(
        'respond_to_key_compromise', respond_to_key_compromise.organization_id, _user_id,
        respond_to_key_compromise.idempotency_key, respond_to_key_compromise.request_hash,
        respond_to_key_compromise.wallet_version, _answer ->> 'id', _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.respond_to_key_compromise(
    bigint, text, text, text, integer, text, text, text, boolean
)
IS
$comment$Respond, as a super-admin, to a master key that was given up, in one transaction.

The wallet is compromised and allocates nothing more; its successor is made, with its environment and
limits, and is the default where it was; Plings is moved, and a transfer is opened for every other
manufacturer: continue_transfer() moves their paths, in steps. All is in lineage and audit. Answers
the incident with its steps and transfers.

A dry run does all of it and takes it back: its answer has no ids, and no key is used. It holds the
wallet as long as the real one does.

Raises
  TL204  wallet version does not exist
  TL207  user is not a super-admin
  TL210  manufacturer name or index is taken (never: the successor is new)
  TL215  idempotency key was used for another request
  TL216  no manufacturer index is free (never: the successor is new)
  TL224  wallet version name is taken
  TL225  wallet version is compromised already
  23514  reason, name or master key reference are not well formed
  23502  reason or master key reference are NULL$comment$;

GRANT EXECUTE
ON FUNCTION paths.respond_to_key_compromise(
    bigint, text, text, text, integer, text, text, text, boolean
)
TO pgtill_service, pgtill_operator;

COMMIT;
