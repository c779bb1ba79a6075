-- Deploy pgtill:functions/paths/plan_paths to pg
-- requires: functions/paths/read_orders

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.plan_paths(orders jsonb)
RETURNS TABLE (
    order_position integer,
    outcome text,
    wallet_version integer,
    base_path text,
    blocking_path text,
    components integer[],
    new_depths integer[],
    user_id bigint,
    allocation_type text,
    quantity integer,
    range_start integer,
    purpose text
)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    read AS MATERIALIZED (
        SELECT
            item.*,
            CASE
                WHEN item.takes_next_child THEN array_to_string(item.components, '.')
                ELSE array_to_string(trim_array(item.components, 1), '.')
            END AS parent_path
        FROM paths.read_orders(plan_paths.orders) AS item
    ),

    -- The next free child comes after the last one of its parent, here and in this batch.
    numbered AS (
        SELECT
            read.*,
            CASE
                WHEN read.takes_next_child
                    THEN
                        greatest(
                            coalesce(youngest.component, 0),
                            coalesce(
                                max(read.components[cardinality(read.components)])
                                FILTER (WHERE NOT read.takes_next_child) OVER siblings,
                                0
                            )
                        )
                        + count(*) FILTER (WHERE read.takes_next_child)
                            OVER (siblings ORDER BY read.order_position)
            END AS next_component
        FROM read
        LEFT JOIN LATERAL (
            SELECT node.component::bigint AS component
            FROM paths.path_nodes AS node
            WHERE
                read.takes_next_child
                AND node.parent_path = read.parent_path
                AND node.wallet_version = read.wallet_version
                AND node.parent_kind = 'branch'
            ORDER BY node.component DESC
            LIMIT 1
        ) AS youngest ON TRUE
        WINDOW siblings AS (PARTITION BY read.wallet_version, read.parent_path, read.verdict)
    ),

    named AS (
        SELECT
            numbered.order_position,
            CASE
                WHEN numbered.next_component > 2147483647 THEN 'parent_exhausted'
                ELSE numbered.verdict
            END AS verdict,
            numbered.wallet_version,
            CASE
                WHEN NOT numbered.takes_next_child THEN numbered.components
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
    ),

    -- Every name on the way to a path, and the path's own, which is the leaf.
    wanted AS (
        SELECT
            named.*,
            step.depth,
            step.depth = cardinality(named.components) AS is_leaf,
            array_to_string(named.components[1:step.depth], '.') COLLATE pg_catalog."C" AS node_path
        FROM named
        CROSS JOIN LATERAL generate_series(
            CASE
                WHEN named.verdict = 'allocated' THEN 2 ELSE
                    coalesce(cardinality(named.components), 1)
            END,
            coalesce(cardinality(named.components), 1)
        ) AS step (depth)
    ),

    -- A subquery, not a join: each name is looked up by index, however large the tree was planned
    -- for. Materialized, that it is looked up once.
    known AS MATERIALIZED (
        SELECT
            wanted.*,
            CASE
                WHEN wanted.verdict = 'allocated'
                    THEN (
                        SELECT node.kind
                        FROM paths.path_nodes AS node
                        WHERE
                            node.wallet_version = wanted.wallet_version
                            AND node.base_path = wanted.node_path
                    )
            END AS known_kind
        FROM wanted
    ),

    -- Whose each name is: the tree's, else the first order's that wants it. An order that is
    -- refused was not first where it matters: whoever was stands on the same way, and stays.
    -- Windows, not joins: a plan made for a few orders must do for ten thousand.
    claimed AS (
        SELECT
            known.*,
            coalesce(
                known.known_kind,
                first_value(CASE WHEN known.is_leaf THEN 'allocated' ELSE 'branch' END) OVER claims
            ) AS winning_kind,
            known.known_kind IS NULL AND row_number() OVER claims = 1 AS is_first
        FROM known
        WINDOW
            -- The hash first: it tells names apart at once that begin alike.
            claims AS (
                PARTITION BY
                    hashtextextended(known.node_path, known.wallet_version),
                    known.node_path, known.wallet_version, known.verdict
                ORDER BY known.order_position
            )
    ),

    weighed AS (
        SELECT
            claimed.*,
            min(claimed.node_path) FILTER (
                WHERE NOT claimed.is_leaf AND claimed.winning_kind = 'allocated'
            )
                OVER orders AS allocated_above,
            array_agg(claimed.depth) FILTER (WHERE claimed.is_first) OVER orders AS new_depths
        FROM claimed
        WINDOW orders AS (PARTITION BY claimed.order_position)
    ),

    judged AS (
        SELECT
            weighed.*,
            CASE
                WHEN weighed.verdict <> 'allocated' THEN weighed.verdict
                WHEN weighed.allocated_above IS NOT NULL THEN 'path_below_allocation'
                WHEN weighed.is_first THEN 'allocated'
                WHEN weighed.winning_kind = 'branch' THEN 'path_has_descendants'
                ELSE 'path_taken'
            END AS outcome
        FROM weighed
        WHERE weighed.depth = coalesce(cardinality(weighed.components), 1)
    )

    SELECT
        judged.order_position,
        CASE
            WHEN
                judged.outcome = 'allocated'
                AND judged.room < count(*) FILTER (WHERE judged.outcome = 'allocated')
                    OVER (
                        PARTITION BY judged.wallet_version ORDER BY judged.order_position
                    )
                THEN 'daily_limit_reached'
            ELSE judged.outcome
        END AS outcome,
        judged.wallet_version,
        array_to_string(judged.components, '.') AS base_path,
        CASE
            WHEN judged.verdict = 'allocated' AND judged.outcome <> 'allocated'
                THEN coalesce(judged.allocated_above, judged.node_path)
        END AS blocking_path,
        judged.components,
        judged.new_depths,
        judged.user_id,
        judged.allocation_type,
        judged.quantity,
        judged.range_start,
        judged.purpose
    FROM judged;
END;

COMMENT ON FUNCTION paths.plan_paths(jsonb)
IS
'Decide, without changing anything, what becomes of each order of a batch, as this statement sees
the tree. new_depths are the places on the way to a path, its own among them, that this order is the
first to name: whoever carries the plan out makes each node once.

Private to place_paths(), which carries it out.';

COMMIT;
