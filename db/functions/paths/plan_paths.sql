-- Deploy pgtill:functions/paths/plan_paths to pg
-- requires: functions/paths/name_paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.plan_paths(batches jsonb[], is_hopeful boolean)
RETURNS TABLE (
    order_position integer,
    outcome text,
    wallet_version integer,
    base_path text,
    blocking_path text,
    components integer[],
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
    named AS MATERIALIZED (SELECT item.* FROM paths.name_paths(plan_paths.batches) AS item),

    -- Nobody has any of the paths. What is left to hope for is that none is above or below another,
    -- and that the day's limit is not reached.
    hope AS (
        SELECT
            plan_paths.is_hopeful
            AND bool_and(
                named.verdict = 'allocated'
                AND NOT EXISTS (
                    SELECT FROM paths.path_nodes AS node
                    WHERE
                        node.wallet_version = named.wallet_version
                        AND node.base_path = named.base_path
                )
            ) AS is_held
        FROM named
    ),

    -- Every name on the way to a path, and the path's own, which is the leaf. Not by
    -- generate_series(): a thousand rows are expected of it, and place_paths() would make room for
    -- so many names an order, each time.
    wanted AS (
        SELECT
            named.*,
            step.depth = coalesce(cardinality(named.components), 1) AS is_leaf,
            array_to_string(named.components[1:step.depth], '.') COLLATE pg_catalog."C" AS node_path
        FROM named
        CROSS JOIN
            LATERAL unnest(coalesce(named.components, '{0}')) WITH ORDINALITY AS step (part, depth)
        WHERE
            (SELECT NOT hope.is_held FROM hope)
            AND step.depth >= CASE
                WHEN named.verdict = 'allocated' THEN 2
                ELSE coalesce(cardinality(named.components), 1)
            END
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
        FROM (
            SELECT
                claimed.*,
                min(claimed.node_path) FILTER (
                    WHERE NOT claimed.is_leaf AND claimed.winning_kind = 'allocated'
                )
                    OVER (PARTITION BY claimed.order_position) AS allocated_above
            FROM claimed
        ) AS weighed
        WHERE weighed.is_leaf
    )

    SELECT
        named.order_position,
        named.verdict AS outcome,
        named.wallet_version,
        named.base_path,
        NULL AS blocking_path,
        named.components,
        named.user_id,
        named.allocation_type,
        named.quantity,
        named.range_start,
        named.purpose
    FROM named
    WHERE (SELECT hope.is_held FROM hope)

    UNION ALL

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
        judged.base_path,
        CASE
            WHEN judged.verdict = 'allocated' AND judged.outcome <> 'allocated'
                THEN coalesce(judged.allocated_above, judged.node_path)
        END AS blocking_path,
        judged.components,
        judged.user_id,
        judged.allocation_type,
        judged.quantity,
        judged.range_start,
        judged.purpose
    FROM judged;
END;

COMMENT ON FUNCTION paths.plan_paths(jsonb[], boolean)
IS
'Decide, without changing anything, what becomes of each order, as this statement sees the tree.
Hopeful: where each order is good by itself and nobody has its path, take it that all can be had,
which is a fifth of the work; the constraints tell whoever carries the plan out whether it was so.

Private to place_paths(), which carries it out.';

COMMIT;
