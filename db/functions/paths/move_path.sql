-- Deploy pgtill:functions/paths/move_path to pg
-- requires: functions/paths/move_paths
-- requires: functions/paths/find_target_index
-- requires: functions/paths/reserve_node

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.move_path(
    source_wallet integer,
    base_path text,
    target_wallet integer,
    target_index integer
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _status text;
BEGIN
    PERFORM paths.reserve_node(
        move_path.target_wallet,
        move_path.target_index || substring(move_path.base_path FROM '\..*')
    );
    -- Lock order 12, too: in whose name, after the node and before the wallets.
    INSERT INTO paths.allocators (wallet_version, manufacturer_index, user_id)
    SELECT move_path.target_wallet, move_path.target_index, path.allocated_by
    FROM paths.path_registry AS path
    WHERE path.wallet_version = move_path.source_wallet AND path.base_path = move_path.base_path
    ON CONFLICT DO NOTHING;
    PERFORM paths.lock_wallets(move_path.source_wallet, move_path.target_wallet);

    -- What was read before the locks may have changed until they were had.
    IF move_path.target_index <> paths.find_target_index(
        move_path.source_wallet, split_part(move_path.base_path, '.', 1)::integer,
        move_path.target_wallet
    ) THEN
        RAISE EXCEPTION 'manufacturer is not active'
            USING
                ERRCODE = 'TL209',
                DETAIL = 'it has moved meanwhile';
    END IF;

    -- Lock order 14: a registered path.
    SELECT path.status
    INTO _status
    FROM paths.path_registry AS path
    WHERE path.wallet_version = move_path.source_wallet AND path.base_path = move_path.base_path
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'path does not exist'
            USING
                ERRCODE = 'TL212',
                DETAIL = format(
                    'wallet version %s, path %L', move_path.source_wallet, move_path.base_path
                );
    END IF;

    IF _status NOT IN ('active', 'exhausted') THEN
        RAISE EXCEPTION 'path is not in a status that allows this'
            USING
                ERRCODE = 'TL213',
                DETAIL = format('status is %s', _status);
    END IF;

    UPDATE paths.path_registry AS path
    SET status = 'transferring'
    WHERE path.wallet_version = move_path.source_wallet AND path.base_path = move_path.base_path;
    PERFORM paths.move_paths(
        move_path.source_wallet, move_path.target_wallet, move_path.target_index,
        ARRAY[move_path.base_path]
    );
END
$function$;

COMMENT ON FUNCTION paths.move_path(integer, text, integer, integer)
IS
'Move one path: its name in the target first, then the wallets'' rows, then the path itself, as
locks are ordered. Raises TL204, TL205, TL208, TL209, TL212, TL213, TL219 or TL220.

Private to transfer_path().';

COMMIT;
