-- Deploy pgtill:functions/paths/check_availability to pg
-- requires: functions/paths/parse_path
-- requires: tables/paths/path_nodes
-- requires: tables/paths/manufacturer_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.check_availability(wallet_version integer, base_path text)
RETURNS TABLE (is_available boolean, reason text, blocking_path text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH
    asked AS (
        SELECT
            read.components,
            wallet.version_id,
            wallet.status AS wallet_status,
            wallet.daily_allocation_limit <= CASE
                WHEN wallet.last_reset_date = (now() AT TIME ZONE 'UTC')::date
                    THEN wallet.current_daily_allocations
                ELSE 0
            END AS is_used_up,
            manufacturer.status AS manufacturer_status
        FROM (SELECT paths.parse_path(check_availability.base_path) AS components) AS read
        LEFT JOIN paths.wallet_versions AS wallet
            ON wallet.version_id = check_availability.wallet_version
        LEFT JOIN paths.manufacturer_registry AS manufacturer
            ON
                wallet.version_id = manufacturer.wallet_version
                AND manufacturer.manufacturer_index = read.components[1]
    ),

    -- The names on the way. A subquery, not a join: each is looked up by index.
    way AS (
        SELECT
            step.depth,
            cardinality(asked.components) AS full_depth,
            array_to_string(asked.components[1:step.depth], '.') AS base_path,
            (
                SELECT node.kind
                FROM paths.path_nodes AS node
                WHERE
                    node.wallet_version = asked.version_id
                    AND node.base_path = array_to_string(asked.components[1:step.depth], '.')
            ) AS kind
        FROM asked
        CROSS JOIN LATERAL generate_series(2, cardinality(asked.components)) AS step (depth)
    ),

    -- The path itself, and what is allocated above it, whatever its status.
    blocking AS (
        SELECT
            way.base_path,
            CASE
                WHEN way.depth < way.full_depth THEN 'path_below_allocation'
                WHEN way.kind = 'branch' THEN 'path_has_descendants'
                ELSE 'path_taken'
            END AS reason
        FROM way
        WHERE way.kind = 'allocated' OR (way.kind = 'branch' AND way.depth = way.full_depth)
    )

    SELECT
        judged.reason = 'free' AS is_available,
        judged.reason,
        judged.blocking_path
    FROM (
        SELECT
            CASE
                WHEN
                    asked.components IS NULL OR cardinality(asked.components) < 2
                    THEN 'invalid_path'
                WHEN asked.version_id IS NULL THEN 'wallet_version_not_found'
                WHEN asked.wallet_status <> 'active' THEN 'wallet_not_active'
                WHEN asked.manufacturer_status IS NULL THEN 'manufacturer_not_found'
                WHEN asked.manufacturer_status <> 'active' THEN 'manufacturer_not_active'
                WHEN blocking.reason IS NOT NULL THEN blocking.reason
                WHEN asked.is_used_up THEN 'daily_limit_reached'
                ELSE 'free'
            END AS reason,
            CASE
                WHEN asked.wallet_status = 'active' AND asked.manufacturer_status = 'active'
                    THEN blocking.base_path
            END AS blocking_path
        FROM asked
        LEFT JOIN blocking ON TRUE
    ) AS judged;
END;

COMMENT ON FUNCTION paths.check_availability(integer, text)
IS
$comment$Tell whether a path could be allocated now, and if not, why.

reason is free or an outcome of allocate_paths(); blocking_path is what stands in the way, whatever
its status: retired and transferred paths keep their place. An answer, not a reservation.$comment$;

GRANT EXECUTE ON FUNCTION paths.check_availability(integer, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
