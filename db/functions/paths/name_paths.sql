-- Deploy pgtill:functions/paths/name_paths to pg
-- requires: functions/paths/read_orders

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.name_paths(batches jsonb[])
RETURNS TABLE (
    order_position integer,
    verdict text,
    wallet_version integer,
    base_path text,
    components integer[],
    user_id bigint,
    allocation_type text,
    quantity integer,
    range_start integer,
    purpose text,
    room integer
)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    read AS MATERIALIZED (SELECT item.* FROM paths.read_orders(name_paths.batches) AS item),

    -- Numbers cost a sort of all orders: only where one is asked for.
    asked AS (SELECT bool_or(read.takes_next_child) AS is_any FROM read),

    -- The next free child comes after the last one of its parent, here and in this batch.
    numbered AS (
        SELECT
            sibling.*,
            greatest(
                coalesce(youngest.component, 0),
                coalesce(
                    max(sibling.components[cardinality(sibling.components)])
                    FILTER (WHERE NOT sibling.takes_next_child) OVER siblings,
                    0
                )
            )
            + count(*) FILTER (WHERE sibling.takes_next_child)
                OVER (siblings ORDER BY sibling.order_position) AS next_component
        FROM (
            SELECT
                read.*,
                array_to_string(
                    CASE
                        WHEN read.takes_next_child THEN read.components
                        ELSE trim_array(read.components, 1)
                    END, '.'
                ) AS parent_path
            FROM read
            WHERE (SELECT asked.is_any FROM asked)
        ) AS sibling
        LEFT JOIN LATERAL (
            SELECT node.component::bigint AS component
            FROM paths.path_nodes AS node
            WHERE
                sibling.takes_next_child
                AND node.parent_path = sibling.parent_path
                AND node.wallet_version = sibling.wallet_version
                AND node.parent_kind = 'branch'
            ORDER BY node.component DESC
            LIMIT 1
        ) AS youngest ON TRUE
        WINDOW siblings AS (
            PARTITION BY sibling.wallet_version, sibling.parent_path, sibling.verdict
        )
    )

    SELECT
        read.order_position,
        read.verdict,
        read.wallet_version,
        read.base_path,
        read.components,
        read.user_id,
        read.allocation_type,
        read.quantity,
        read.range_start,
        read.purpose,
        read.room
    FROM read
    WHERE NOT read.takes_next_child

    UNION ALL

    SELECT
        numbered.order_position,
        CASE
            WHEN numbered.next_component > 2147483647 THEN 'parent_exhausted'
            ELSE numbered.verdict
        END AS verdict,
        numbered.wallet_version,
        CASE
            WHEN numbered.next_component <= 2147483647
                THEN numbered.parent_path || '.' || numbered.next_component::text
        END AS base_path,
        CASE
            WHEN numbered.next_component <= 2147483647
                THEN numbered.components || numbered.next_component::integer
        END AS components,
        numbered.user_id,
        numbered.allocation_type,
        numbered.quantity,
        numbered.range_start,
        numbered.purpose,
        numbered.room
    FROM numbered
    WHERE numbered.takes_next_child;
END;

COMMENT ON FUNCTION paths.name_paths(jsonb[])
IS
'Read orders and name the path of each: the one it asks for, or the next free child of its parent,
as this statement sees the tree. The next child comes after the last one, gaps are not looked for: of a
parent whose child 2147483647 is there, none is next (parent_exhausted), but any can be asked for by
name. base_path is NULL where there is none.

Private to plan_paths().';

COMMIT;
