-- Deploy pgtill:functions/paths/open_transfer to pg
-- requires: functions/paths/add_manufacturer
-- requires: tables/paths/transfers
-- requires: tables/paths/manufacturer_lineage
-- requires: tables/paths/path_registry
-- requires: functions/paths/copy_meanings

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.open_transfer(
    source paths.manufacturer_registry,
    target_wallet integer,
    assignment_reason text,
    opened_by bigint,
    incident_id bigint
)
RETURNS paths.transfers
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $function$
#variable_conflict error
DECLARE
    _source paths.manufacturer_registry := open_transfer.source;
    _target paths.manufacturer_registry := open_transfer.source;
    _path_count bigint;
    _transfer paths.transfers;
BEGIN
    -- The same index where it is free: its paths then stay what they are.
    IF EXISTS (
        SELECT FROM paths.manufacturer_registry AS known
        WHERE known.wallet_version = open_transfer.target_wallet
            AND known.manufacturer_index = _source.manufacturer_index
    ) THEN
        _target.manufacturer_index := NULL;
    END IF;
    _target.wallet_version := open_transfer.target_wallet;
    _target.status := 'transferring';
    _target.registered_by := open_transfer.opened_by;
    _target.transferred_from_wallet := _source.wallet_version;
    _target.transfer_completed_at := NULL;
    _target := paths.add_manufacturer(_target);

    UPDATE paths.manufacturer_registry AS manufacturer
    SET status = 'transferring'
    WHERE manufacturer.wallet_version = _source.wallet_version
        AND manufacturer.manufacturer_index = _source.manufacturer_index;

    -- After that row is held, which whoever says what a level means holds shared: nothing is missed.
    PERFORM paths.copy_meanings(_source, _target);

    -- Lock order 14: registered paths, marked at once, so that what is to move is known.
    UPDATE paths.path_registry AS path
    SET status = 'transferring'
    WHERE path.wallet_version = _source.wallet_version
        AND path.base_path > (_source.manufacturer_index || '.') COLLATE "C"
        AND path.base_path < (_source.manufacturer_index || '/') COLLATE "C"
        AND path.status IN ('active', 'exhausted');
    GET DIAGNOSTICS _path_count = ROW_COUNT;

    INSERT INTO paths.manufacturer_lineage (
        canonical_name, current_wallet_version, current_manufacturer_index, predecessor_wallet,
        predecessor_index, assignment_reason, status, completion_percentage
    )
    VALUES (
        _target.manufacturer_name, _target.wallet_version, _target.manufacturer_index,
        _source.wallet_version, _source.manufacturer_index, open_transfer.assignment_reason,
        'in_progress', 0
    );

    INSERT INTO paths.transfers AS transfer (
        scope, source_wallet, source_index, target_wallet, target_index, target_status,
        assignment_reason, paths_total, incident_id, opened_by
    )
    VALUES (
        'manufacturer', _source.wallet_version, _source.manufacturer_index,
        _target.wallet_version, _target.manufacturer_index, _source.status,
        open_transfer.assignment_reason, _path_count, open_transfer.incident_id, open_transfer.opened_by
    )
    RETURNING transfer.* INTO _transfer;

    RETURN _transfer;
END
$function$;

COMMENT ON FUNCTION paths.open_transfer(paths.manufacturer_registry, integer, text, bigint, bigint)
IS
'Register a manufacturer in another wallet, mark it and its paths as transferring, and record that
in lineage and transfers, with the status that it had and will have again: active or suspended. The
caller holds both wallets'' rows. Raises TL210 where the target has the name, TL216 where it has no
index.

Private to transfer_manufacturer(), finish_transfer() and compromise_wallet().';

COMMIT;
