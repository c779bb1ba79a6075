-- Deploy pgtill:functions/paths/manufacturer_tree to pg
-- requires: tables/paths/path_registry
-- requires: tables/paths/path_level_values

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.manufacturer_tree(
    wallet_version integer,
    manufacturer_index integer,
    after_path text,
    max_count integer
)
RETURNS TABLE (
    base_path text,
    kind text,
    component integer,
    level_name text,
    value_name text,
    status text,
    quantity integer,
    range_start integer,
    range_end bigint,
    child_count bigint,
    allocated_count bigint,
    identifier_count numeric
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH page AS MATERIALIZED (
        SELECT
            node.*,
            cardinality(string_to_array(node.base_path, '.')) + 1 AS path_level
        FROM paths.path_nodes AS node
        WHERE
            node.wallet_version = manufacturer_tree.wallet_version
            AND node.base_path
            >= (manufacturer_tree.manufacturer_index::text) COLLATE pg_catalog."C"
            AND node.base_path
            < (manufacturer_tree.manufacturer_index::text || '/') COLLATE pg_catalog."C"
            AND node.base_path > coalesce(manufacturer_tree.after_path, '') COLLATE pg_catalog."C"
        ORDER BY node.base_path
        LIMIT manufacturer_tree.max_count
    )

    SELECT
        page.base_path,
        page.kind,
        page.component,
        CASE WHEN page.parent_path IS NULL THEN 'manufacturer' ELSE level.level_name END
            AS level_name,
        CASE
            WHEN page.parent_path IS NULL THEN manufacturer.manufacturer_name
            ELSE meaning.value_name
        END AS value_name,
        path.status,
        path.quantity,
        path.allocated_range_start AS range_start,
        path.allocated_range_end AS range_end,
        (
            SELECT count(*)
            FROM paths.path_nodes AS child
            WHERE child.parent_path = page.base_path AND child.wallet_version = page.wallet_version
        ) AS child_count,
        below.allocated_count,
        below.identifier_count
    FROM page
    LEFT JOIN paths.manufacturer_registry AS manufacturer
        ON
            page.wallet_version = manufacturer.wallet_version
            AND manufacturer.manufacturer_index = manufacturer_tree.manufacturer_index
    LEFT JOIN paths.manufacturer_path_schemas AS level
        ON
            page.wallet_version = level.wallet_version
            AND level.manufacturer_index = manufacturer_tree.manufacturer_index
            AND page.path_level = level.path_level
    LEFT JOIN paths.path_level_values AS meaning
        ON
            level.wallet_version = meaning.wallet_version
            AND level.manufacturer_index = meaning.manufacturer_index
            AND level.path_level = meaning.path_level
            AND page.component = meaning.level_value
    LEFT JOIN paths.path_registry AS path
        ON page.wallet_version = path.wallet_version AND page.base_path = path.base_path
    CROSS JOIN
        LATERAL (
            SELECT
                count(*) AS allocated_count,
                coalesce(sum(deeper.quantity), 0) AS identifier_count
            FROM paths.path_registry AS deeper
            WHERE
                deeper.wallet_version = page.wallet_version
                AND deeper.base_path >= page.base_path
                AND deeper.base_path < (page.base_path || '/') COLLATE pg_catalog."C"
                AND (
                    deeper.base_path = page.base_path
                    OR starts_with(deeper.base_path, page.base_path || '.')
                )
        ) AS below
    ORDER BY page.base_path;
END;

COMMENT ON FUNCTION paths.manufacturer_tree(integer, integer, text, integer)
IS
$comment$Answer the nodes of a manufacturer, byte by byte after one, with meaning, range and fill.

child_count is of direct children; allocated_count and identifier_count are paths and things at and
below the node, whatever their status.$comment$;

GRANT EXECUTE ON FUNCTION paths.manufacturer_tree(integer, integer, text, integer)
TO pgtill_operator, pgtill_auditor;

COMMIT;
