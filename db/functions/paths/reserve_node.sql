-- Deploy pgtill:functions/paths/reserve_node to pg
-- requires: tables/paths/path_nodes

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.reserve_node(wallet_version integer, base_path text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _parts text[] := string_to_array(reserve_node.base_path, '.');
    _node_count integer;
BEGIN
    -- Lock order 12: names, shallow first. A level at a time: once a name is there it is there for
    -- good, so what the next statement sees of it is true.
    FOR _depth IN 2..cardinality(_parts) LOOP
        INSERT INTO paths.path_nodes AS node (
            wallet_version, base_path, parent_path, component, kind
        )
        VALUES (
            reserve_node.wallet_version,
            array_to_string(_parts[1:_depth], '.'),
            array_to_string(_parts[1:_depth - 1], '.'),
            _parts[_depth]::integer,
            CASE WHEN _depth = cardinality(_parts) THEN 'allocated' ELSE 'branch' END
        )
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS _node_count = ROW_COUNT;

        IF _node_count = 0 AND (
            _depth = cardinality(_parts)
            OR EXISTS (
                SELECT FROM paths.path_nodes AS node
                WHERE node.wallet_version = reserve_node.wallet_version
                    AND node.base_path = array_to_string(_parts[1:_depth], '.')
                    AND node.kind = 'allocated'
            )
        ) THEN
            RAISE EXCEPTION 'path is not free in the target wallet'
                USING
                    ERRCODE = 'TL219',
                    DETAIL = format('%L stands in the way', array_to_string(_parts[1:_depth], '.'));
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION paths.reserve_node(integer, text)
IS
'Put an allocated node and the branches above it into the tree; raise TL219 where it is not free.

Private to move_path().';

COMMIT;
