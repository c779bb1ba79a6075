-- Deploy pgtill:functions/paths/move_paths to pg
-- requires: tables/paths/path_registry
-- requires: tables/paths/allocators

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.move_paths(
    source_wallet integer,
    target_wallet integer,
    target_index integer,
    base_paths text[]
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $function$
#variable_conflict error
BEGIN
    -- Lock order 12: names, shallow first, then byte by byte.
    INSERT INTO paths.path_nodes (wallet_version, base_path, parent_path, component, kind)
    SELECT
        move_paths.target_wallet,
        node.base_path,
        substring(node.base_path FROM '^(.*)\.'),
        substring(node.base_path FROM '[0-9]+$')::integer,
        node.kind
    FROM (
        SELECT DISTINCT
            step.depth,
            array_to_string(moved.parts[1:step.depth], '.') COLLATE "C" AS base_path,
            CASE WHEN step.depth = cardinality(moved.parts) THEN 'allocated' ELSE 'branch' END AS kind
        FROM unnest(move_paths.base_paths) AS named (base_path)
        CROSS JOIN LATERAL (
            SELECT
                move_paths.target_index::text
                || (string_to_array(named.base_path, '.'))[2:] AS parts
        ) AS moved
        CROSS JOIN LATERAL generate_series(2, cardinality(moved.parts)) AS step (depth)
    ) AS node
    ORDER BY node.depth, node.base_path
    ON CONFLICT DO NOTHING;

    -- Lock order 12, too: in whose names, after the nodes.
    INSERT INTO paths.allocators (wallet_version, manufacturer_index, user_id)
    SELECT DISTINCT move_paths.target_wallet, move_paths.target_index, path.allocated_by
    FROM paths.path_registry AS path
    WHERE path.wallet_version = move_paths.source_wallet
        AND path.base_path = ANY (move_paths.base_paths)
    ORDER BY path.allocated_by
    ON CONFLICT DO NOTHING;

    INSERT INTO paths.path_registry (
        wallet_version, base_path, allocation_type, quantity, allocated_range_start, purpose, status,
        allocated_by, allocated_at, completed_at
    )
    SELECT
        move_paths.target_wallet,
        move_paths.target_index || substring(path.base_path FROM '\..*'),
        path.allocation_type,
        path.quantity,
        path.allocated_range_start,
        path.purpose,
        CASE WHEN path.completed_at IS NULL THEN 'active' ELSE 'exhausted' END,
        path.allocated_by,
        path.allocated_at,
        path.completed_at
    FROM paths.path_registry AS path
    WHERE path.wallet_version = move_paths.source_wallet
        AND path.base_path = ANY (move_paths.base_paths)
    ORDER BY path.base_path;

    UPDATE paths.path_registry AS path
    SET
        status = 'transferred',
        transferred_to_wallet = move_paths.target_wallet,
        transferred_to_path = move_paths.target_index || substring(path.base_path FROM '\..*'),
        transferred_at = now()
    WHERE path.wallet_version = move_paths.source_wallet
        AND path.base_path = ANY (move_paths.base_paths);
END
$function$;

COMMENT ON FUNCTION paths.move_paths(integer, integer, integer, text[])
IS
'Allocate paths in the target as they are in the source, and mark them transferred there: both sides
in one transaction. A name that is taken in the target breaks path_registry_pk, path_registry_node_fk
or path_nodes_parent_fk.

Private to continue_transfer() and transfer_path(), which hold the paths.';

COMMIT;
