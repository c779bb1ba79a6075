-- Deploy pgtill:functions/paths/place_paths to pg
-- requires: functions/paths/plan_paths
-- requires: types/paths/placement
-- requires: tables/paths/allocators
-- requires: functions/paths/next_child_parents

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.place_paths(
    batches jsonb[],
    all_or_nothing boolean,
    is_hopeful boolean
)
RETURNS SETOF paths.placement
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
BEGIN
    -- Lock order 11: parents whose next child is asked for. They are served one after another.
    IF EXISTS (
        SELECT FROM unnest(place_paths.batches) AS batch (fields)
        WHERE batch.fields @? '$.orders.parent_path'
    ) THEN
        PERFORM node.base_path
        FROM paths.path_nodes AS node
        WHERE (node.wallet_version, node.base_path) IN (
            SELECT item.wallet_version, item.parent_path
            FROM paths.next_child_parents(place_paths.batches) AS item
        )
        ORDER BY node.wallet_version, node.base_path
        FOR NO KEY UPDATE;
    END IF;

    RETURN QUERY
    WITH RECURSIVE
    planned AS MATERIALIZED (
        SELECT plan.*
        FROM paths.plan_paths(place_paths.batches, place_paths.is_hopeful) AS plan
    ),
    decided AS (
        SELECT place_paths.all_or_nothing AND NOT bool_and(plan.outcome = 'allocated') AS is_called_off
        FROM planned AS plan
    ),
    -- The paths and, level by level, what is above them: each name once, however many are below it.
    wanted (wallet_version, base_path, parent_path, depth, kind) AS (
        SELECT
            plan.wallet_version,
            plan.base_path,
            left(plan.base_path, -1 - length(split_part(plan.base_path, '.', -1))),
            cardinality(plan.components),
            'allocated'
        FROM planned AS plan
        WHERE plan.outcome = 'allocated' AND NOT (SELECT decided.is_called_off FROM decided)
        UNION
        SELECT
            below.wallet_version,
            below.parent_path,
            left(below.parent_path, -1 - length(split_part(below.parent_path, '.', -1))),
            below.depth - 1,
            'branch'
        FROM wanted AS below
        WHERE below.depth > 2
    ),
    -- Lock order 12: names, shallow first, then byte by byte: whoever meets another there waits, and
    -- no two wait for each other. That a name was lost is told by the constraints below.
    placed AS (
        INSERT INTO paths.path_nodes (wallet_version, base_path, parent_path, component, kind)
        SELECT
            node.wallet_version, node.base_path, node.parent_path,
            split_part(node.base_path, '.', -1)::integer, node.kind
        FROM wanted AS node
        ORDER BY node.wallet_version, node.depth, node.base_path COLLATE "C"
        -- One of the two unique indexes that have the name, as each costs a look; who meets another at
        -- the very moment may find the other, which is a lost race as well.
        ON CONFLICT ON CONSTRAINT path_nodes_place_unique DO NOTHING
        RETURNING component
    ),
    -- Lock order 12, too: in whose name, after all the nodes.
    vouched AS (
        INSERT INTO paths.allocators (wallet_version, manufacturer_index, user_id)
        SELECT DISTINCT
            plan.wallet_version, plan.components[1], plan.user_id
        FROM planned AS plan
        WHERE plan.outcome = 'allocated'
            AND NOT (SELECT decided.is_called_off FROM decided)
            AND (SELECT count(*) FROM placed) >= 0
        ORDER BY 1, 2, 3
        ON CONFLICT ON CONSTRAINT allocators_pk DO NOTHING
        RETURNING user_id
    ),
    registered AS (
        INSERT INTO paths.path_registry (
            wallet_version, base_path, allocation_type, quantity, allocated_range_start, purpose,
            allocated_by
        )
        SELECT
            plan.wallet_version, plan.base_path, plan.allocation_type, plan.quantity,
            plan.range_start, plan.purpose, plan.user_id
        FROM planned AS plan
        WHERE plan.outcome = 'allocated'
            AND NOT (SELECT decided.is_called_off FROM decided)
            AND (SELECT count(*) FROM vouched) >= 0
        ORDER BY plan.wallet_version, plan.base_path COLLATE "C"
    )
    SELECT
        plan.order_position,
        CASE
            WHEN plan.outcome = 'allocated' AND (SELECT decided.is_called_off FROM decided)
                THEN 'not_done'
            ELSE plan.outcome
        END,
        plan.wallet_version,
        plan.base_path,
        plan.blocking_path
    FROM planned AS plan
    ORDER BY plan.order_position;
END
$function$;

COMMENT ON FUNCTION paths.place_paths(jsonb[], boolean, boolean)
IS
$comment$Carry plan_paths() out: nodes, then registry. With all_or_nothing one refusal undoes all.

A name that was not free, as another session took it meanwhile or the plan was hopeful, breaks
path_registry_pk, path_registry_node_fk or path_nodes_parent_fk: call again. Private to
try_to_allocate() and try_batch().$comment$;

COMMIT;
