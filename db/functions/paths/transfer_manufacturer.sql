-- Deploy pgtill:functions/paths/transfer_manufacturer to pg
-- requires: functions/paths/require_responder
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/transfer_payload
-- requires: functions/paths/finish_transfer
-- requires: functions/paths/lock_wallets

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.transfer_manufacturer(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    manufacturer_index integer,
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
    _user_id bigint := paths.require_responder(
        transfer_manufacturer.organization_id, transfer_manufacturer.user_id,
        transfer_manufacturer.wallet_version, transfer_manufacturer.manufacturer_index
    );
    _answer jsonb;
    _source paths.manufacturer_registry;
    _transfer paths.transfers;
BEGIN
    _answer := paths.find_answer(
        transfer_manufacturer.organization_id, transfer_manufacturer.idempotency_key,
        transfer_manufacturer.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    PERFORM paths.lock_wallets(
        transfer_manufacturer.wallet_version, transfer_manufacturer.target_wallet
    );

    SELECT manufacturer.*
    INTO _source
    FROM paths.manufacturer_registry AS manufacturer
    WHERE manufacturer.wallet_version = transfer_manufacturer.wallet_version
        AND manufacturer.manufacturer_index = transfer_manufacturer.manufacturer_index;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'manufacturer does not exist'
            USING
                ERRCODE = 'TL208',
                DETAIL = format(
                    'wallet version %s, index %s',
                    transfer_manufacturer.wallet_version, transfer_manufacturer.manufacturer_index
                );
    END IF;

    IF _source.status NOT IN ('active', 'suspended') THEN
        RAISE EXCEPTION 'manufacturer is not active'
            USING
                ERRCODE = 'TL209',
                DETAIL = format('it is %s', _source.status);
    END IF;

    _transfer := paths.open_transfer(
        _source, transfer_manufacturer.target_wallet, transfer_manufacturer.assignment_reason,
        _user_id, NULL
    );
    IF _transfer.paths_total = 0 THEN
        _transfer := paths.finish_transfer(_transfer);
    END IF;

    _answer := paths.transfer_payload(_transfer);
    PERFORM paths.record_operation(
        'transfer_manufacturer', transfer_manufacturer.organization_id, _user_id,
        transfer_manufacturer.idempotency_key, transfer_manufacturer.request_hash,
        transfer_manufacturer.wallet_version, _source.manufacturer_name, _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.transfer_manufacturer(
    bigint, text, text, text, integer, integer, integer, text
)
IS
$comment$Begin to move a manufacturer to another wallet; continue_transfer() moves its paths.

It is registered in the target, with the same index where that is free; from now on neither place
allocates until all paths are moved. Its live paths become transferring; retired ones stay. Where it
has none, it is moved at once. Who is suspended is suspended there, too. A super-admin may do so, or who may act for the manufacturer.
Answers the transfer.

Raises
  TL204  wallet version does not exist
  TL205  wallet version is not active: the target must be
  TL206  user may not act for the organization
  TL207  user is not a super-admin (revoked meanwhile)
  TL208  manufacturer does not exist
  TL209  manufacturer is not active, nor suspended
  TL210  manufacturer name or index is taken: it is registered in the target
  TL215  idempotency key was used for another request
  TL216  no manufacturer index is free
  TL220  source and target are one wallet version
  23514  the reason is not known (manufacturer_lineage_reason_known)$comment$;

GRANT EXECUTE
ON FUNCTION paths.transfer_manufacturer(bigint, text, text, text, integer, integer, integer, text)
TO pgtill_service;

COMMIT;
