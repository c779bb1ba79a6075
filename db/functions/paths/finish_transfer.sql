-- Deploy pgtill:functions/paths/finish_transfer to pg
-- requires: functions/paths/open_transfer
-- requires: functions/paths/lock_wallet
-- requires: functions/paths/complete_lineage

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.finish_transfer(transfer paths.transfers)
RETURNS paths.transfers
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _transfer paths.transfers := finish_transfer.transfer;
    _target paths.manufacturer_registry;
    _incident paths.incidents;
BEGIN
    -- Lock order 13: wallets, by version. A successor was made after the wallet that it succeeds.
    PERFORM paths.lock_wallet(least(_transfer.source_wallet, _transfer.target_wallet));
    PERFORM paths.lock_wallet(greatest(_transfer.source_wallet, _transfer.target_wallet));

    SELECT incident.*
    INTO _incident
    FROM paths.incidents AS incident
    WHERE incident.wallet_version = _transfer.target_wallet;

    UPDATE paths.manufacturer_registry AS manufacturer
    SET status = 'retired'
    WHERE manufacturer.wallet_version = _transfer.source_wallet
        AND manufacturer.manufacturer_index = _transfer.source_index;

    UPDATE paths.manufacturer_registry AS manufacturer
    SET status = _transfer.target_status, transfer_completed_at = now()
    WHERE manufacturer.wallet_version = _transfer.target_wallet
        AND manufacturer.manufacturer_index = _transfer.target_index
    RETURNING manufacturer.* INTO _target;

    PERFORM paths.complete_lineage(_transfer);

    UPDATE paths.transfers AS moving
    SET status = 'transferred', completed_at = now()
    WHERE moving.id = _transfer.id
    RETURNING moving.* INTO _transfer;

    -- It arrived in a wallet that is lost: on to that one's successor.
    IF _incident.id IS NOT NULL THEN
        PERFORM paths.lock_wallet(_incident.successor_version);
        PERFORM paths.open_transfer(
            _target, _incident.successor_version, 'key_compromise', _transfer.opened_by, _incident.id
        );
    END IF;

    RETURN _transfer;
END
$function$;

COMMENT ON FUNCTION paths.finish_transfer(paths.transfers)
IS
'Say that a manufacturer is in the target: registry, lineage and transfer. Who was suspended in the
source is suspended in the target. Where the target was compromised meanwhile, open the onward transfer to its successor.

Private to the functions of transfers.';

COMMIT;
