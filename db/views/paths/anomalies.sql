-- Deploy pgtill:views/paths/anomalies to pg
-- requires: tables/paths/path_registry
-- requires: tables/paths/manufacturer_lineage
-- requires: tables/paths/transfers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE VIEW paths.anomalies AS

-- By brute force, from the names alone: every prefix of an allocated path is looked for.
SELECT
    'paths_overlap' AS rule,
    format('%s/%s', path.wallet_version, path.base_path) AS subject,
    format('%s above it is allocated', above.base_path) AS detail
FROM paths.path_registry AS path
CROSS JOIN
    LATERAL generate_series(
        1, cardinality(string_to_array(path.base_path, '.')) - 1
    ) AS step (depth)
INNER JOIN paths.path_registry AS above
    ON
        path.wallet_version = above.wallet_version
        AND array_to_string((string_to_array(path.base_path, '.'))[1:step.depth], '.')
        = above.base_path

UNION ALL

SELECT
    'path_twice' AS rule,
    format('%s/%s', path.wallet_version, path.base_path) AS subject,
    format('%s rows', count(*)) AS detail
FROM paths.path_registry AS path
GROUP BY path.wallet_version, path.base_path
HAVING count(*) > 1

UNION ALL

SELECT
    'node_is_not_its_path' AS rule,
    format('%s/%s', node.wallet_version, node.base_path) AS subject,
    format('%s, of kind %s', coalesce(path.base_path, 'not registered'), node.kind) AS detail
FROM paths.path_nodes AS node
FULL JOIN paths.path_registry AS path
    ON node.wallet_version = path.wallet_version AND node.base_path = path.base_path
WHERE (node.kind = 'allocated') IS DISTINCT FROM (path.base_path IS NOT NULL)

UNION ALL

SELECT
    'node_without_branch' AS rule,
    format('%s/%s', node.wallet_version, node.base_path) AS subject,
    'no branch leads to it' AS detail
FROM paths.path_nodes AS node
WHERE
    node.base_path ~ '\.'
    AND NOT EXISTS (
        SELECT FROM paths.path_nodes AS parent
        WHERE
            parent.wallet_version = node.wallet_version
            AND parent.base_path = substring(node.base_path FROM '^(.*)\.')
            AND parent.kind = 'branch'
    )

UNION ALL

SELECT
    'not_one_default' AS rule,
    'wallet_versions' AS subject,
    format('%s defaults', count(*) FILTER (WHERE wallet.is_default)) AS detail
FROM paths.wallet_versions AS wallet
HAVING count(*) FILTER (WHERE wallet.is_default) <> 1

UNION ALL

SELECT
    'count_of_the_day_is_wrong' AS rule,
    wallet.version_name AS subject,
    format('counted %s, %s rows', wallet.current_daily_allocations, made.path_count) AS detail
FROM paths.wallet_versions AS wallet
CROSS JOIN
    LATERAL (
        SELECT count(*) AS path_count
        FROM paths.path_registry AS path
        WHERE
            path.wallet_version = wallet.version_id
            AND path.allocated_at >= wallet.last_reset_date::timestamp AT TIME ZONE 'UTC'
            AND path.allocated_at < (wallet.last_reset_date + 1)::timestamp AT TIME ZONE 'UTC'
            -- What was moved here was counted where it was allocated.
            AND NOT EXISTS (
                SELECT FROM paths.path_registry AS origin
                WHERE
                    origin.transferred_to_path = path.base_path
                    AND origin.transferred_to_wallet = path.wallet_version
            )
    ) AS made
WHERE made.path_count <> wallet.current_daily_allocations

UNION ALL

SELECT
    'name_is_not_at_one_place' AS rule,
    lineage.canonical_name AS subject,
    format('active at %s', count(*) FILTER (WHERE lineage.status = 'active')) AS detail
FROM paths.manufacturer_lineage AS lineage
GROUP BY lineage.canonical_name
HAVING count(*) FILTER (WHERE lineage.status = 'active') <> 1

UNION ALL

SELECT
    'manufacturer_without_lineage' AS rule,
    format('%s/%s', manufacturer.wallet_version, manufacturer.manufacturer_index) AS subject,
    manufacturer.manufacturer_name AS detail
FROM paths.manufacturer_registry AS manufacturer
WHERE
    NOT EXISTS (
        SELECT FROM paths.manufacturer_lineage AS lineage
        WHERE
            lineage.current_wallet_version = manufacturer.wallet_version
            AND lineage.current_manufacturer_index = manufacturer.manufacturer_index
    )

UNION ALL

SELECT
    'transfer_miscounted' AS rule,
    transfer.public_id AS subject,
    format(
        '%s of %s moved, %s transferred, %s to go',
        transfer.paths_moved, transfer.paths_total, found.done, found.to_go
    ) AS detail
FROM paths.transfers AS transfer
CROSS JOIN
    LATERAL (
        SELECT
            count(*) FILTER (
                WHERE
                path.transferred_to_wallet = transfer.target_wallet
                -- One that had moved alone, before, is not of this transfer.
                AND NOT EXISTS (
                    SELECT FROM paths.transfers AS single
                    WHERE
                        single.scope = 'path'
                        AND single.source_wallet = path.wallet_version
                        AND single.base_path = path.base_path
                )
            ) AS done,
            count(*) FILTER (WHERE path.status = 'transferring') AS to_go
        FROM paths.path_registry AS path
        WHERE
            path.wallet_version = transfer.source_wallet
            AND path.manufacturer_index = transfer.source_index
    ) AS found
WHERE
    transfer.scope = 'manufacturer'
    AND (
        transfer.paths_moved <> found.done
        OR transfer.paths_total <> found.done + found.to_go
    )

UNION ALL

SELECT
    'transferred_unlike_its_origin' AS rule,
    format('%s/%s', origin.wallet_version, origin.base_path) AS subject,
    format('%s/%s differs', moved.wallet_version, moved.base_path) AS detail
FROM paths.path_registry AS origin
INNER JOIN paths.path_registry AS moved
    ON
        origin.transferred_to_wallet = moved.wallet_version
        AND origin.transferred_to_path = moved.base_path
WHERE
    (
        origin.allocation_type, origin.allocated_range_start, origin.purpose, origin.allocated_by,
        origin.allocated_at, substring(origin.base_path FROM '\..*')
    ) IS DISTINCT FROM (
        moved.allocation_type, moved.allocated_range_start, moved.purpose, moved.allocated_by,
        moved.allocated_at, substring(moved.base_path FROM '\..*')
    )
    OR moved.quantity < origin.quantity;

COMMENT ON VIEW paths.anomalies
IS 'Must always be empty. Looks past the constraints, as if they could have been switched off.';
COMMENT ON COLUMN paths.anomalies.rule IS 'Which promise is broken.';
COMMENT ON COLUMN paths.anomalies.subject IS 'By what.';
COMMENT ON COLUMN paths.anomalies.detail IS 'How.';

GRANT SELECT ON paths.anomalies TO pgtill_operator, pgtill_auditor;

COMMIT;
