-- Deploy pgtill:functions/paths/place_paths to pg
-- requires: functions/paths/plan_paths
-- requires: types/paths/placement
-- requires: functions/paths/next_child_parents

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.place_paths(orders jsonb, all_or_nothing boolean)
RETURNS SETOF paths.placement
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
BEGIN
    -- Lock order 11: parents whose next child is asked for. They are served one after another.
    PERFORM node.base_path
    FROM paths.path_nodes AS node
    WHERE (node.wallet_version, node.base_path) IN (
        SELECT item.wallet_version, item.parent_path
        FROM paths.next_child_parents(place_paths.orders) AS item
    )
    ORDER BY node.wallet_version, node.base_path
    FOR NO KEY UPDATE;

    RETURN QUERY
    WITH planned AS MATERIALIZED (
        SELECT
            plan.*,
            place_paths.all_or_nothing AND NOT bool_and(plan.outcome = 'allocated') OVER ()
                AS is_called_off
        FROM paths.plan_paths(place_paths.orders) AS plan
    ),
    wanted AS (
        SELECT
            plan.wallet_version,
            step.depth,
            array_to_string(plan.components[1:step.depth], '.') COLLATE "C" AS base_path,
            array_to_string(plan.components[1:step.depth - 1], '.') AS parent_path,
            plan.components[step.depth] AS component,
            CASE WHEN step.depth = cardinality(plan.components) THEN 'allocated' ELSE 'branch' END
                AS kind
        FROM planned AS plan
        CROSS JOIN LATERAL unnest(plan.new_depths) AS step (depth)
        WHERE plan.outcome = 'allocated' AND NOT plan.is_called_off
    ),
    -- Lock order 12: names, shallow first, then byte by byte: whoever meets another there waits, and
    -- no two wait for each other. That a name was lost is told by the constraints below.
    placed AS (
        INSERT INTO paths.path_nodes (wallet_version, base_path, parent_path, component, kind)
        SELECT
            node.wallet_version, node.base_path, node.parent_path, node.component, node.kind
        FROM wanted AS node
        ORDER BY node.wallet_version, node.depth, node.base_path
        -- No constraint is named: two unique indexes have the name, and either may be met first.
        ON CONFLICT DO NOTHING
        RETURNING component
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
            AND NOT plan.is_called_off
            -- After all the nodes.
            AND (SELECT count(*) FROM placed) >= 0
        ORDER BY plan.wallet_version, plan.base_path
    )
    SELECT
        plan.order_position,
        CASE WHEN plan.outcome = 'allocated' AND plan.is_called_off THEN 'not_done'
            ELSE plan.outcome
        END,
        plan.wallet_version,
        plan.base_path,
        plan.blocking_path
    FROM planned AS plan
    ORDER BY plan.order_position;
END
$function$;

COMMENT ON FUNCTION paths.place_paths(jsonb, boolean)
IS
$comment$Carry plan_paths() out: nodes, then registry. With all_or_nothing one refusal undoes all.

A name that another session took meanwhile breaks path_registry_pk, path_registry_node_fk or
path_nodes_parent_fk: call again. Private to allocate_paths() and allocate_batch().$comment$;

COMMIT;
