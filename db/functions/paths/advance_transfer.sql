-- Deploy pgtill:functions/paths/advance_transfer to pg
-- requires: functions/paths/move_paths
-- requires: functions/paths/finish_transfer

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.advance_transfer(transfer paths.transfers, max_paths integer)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $function$
#variable_conflict error
DECLARE
    _transfer paths.transfers := advance_transfer.transfer;
    _base_paths text[];
BEGIN
    -- Nobody else moves what is transferring, so these need no lock but the transfer's own.
    SELECT coalesce(array_agg(next_paths.base_path), '{}')
    INTO _base_paths
    FROM (
        SELECT path.base_path
        FROM paths.path_registry AS path
        WHERE path.wallet_version = _transfer.source_wallet
            AND path.base_path
            > coalesce(_transfer.resume_after, _transfer.source_index || '.') COLLATE "C"
            AND path.base_path < (_transfer.source_index || '/') COLLATE "C"
            AND path.status = 'transferring'
        ORDER BY path.base_path
        LIMIT greatest(advance_transfer.max_paths, 1)
    ) AS next_paths;

    PERFORM paths.move_paths(
        _transfer.source_wallet, _transfer.target_wallet, _transfer.target_index, _base_paths
    );

    UPDATE paths.transfers AS moving
    SET
        paths_moved = moving.paths_moved + cardinality(_base_paths),
        resume_after = coalesce(_base_paths[cardinality(_base_paths)], moving.resume_after)
    WHERE moving.id = _transfer.id
    RETURNING moving.* INTO _transfer;

    UPDATE paths.manufacturer_lineage AS lineage
    SET completion_percentage = _transfer.completion_percentage
    WHERE lineage.current_wallet_version = _transfer.target_wallet
        AND lineage.current_manufacturer_index = _transfer.target_index;

    IF _transfer.paths_moved = _transfer.paths_total THEN
        _transfer := paths.finish_transfer(_transfer);
    END IF;

    RETURN cardinality(_base_paths);
END
$function$;

COMMENT ON FUNCTION paths.advance_transfer(paths.transfers, integer)
IS
'Move the next paths of a transfer whose row is held, and finish it after the last; answer how many.

Private to continue_transfer() and compromise_wallet().';

COMMIT;
