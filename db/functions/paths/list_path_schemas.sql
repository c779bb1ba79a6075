-- Deploy pgtill:functions/paths/list_path_schemas to pg
-- requires: functions/paths/seen_manufacturers
-- requires: functions/paths/path_schema_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_path_schemas(
    organization_id bigint,
    user_id text,
    wallet_version integer,
    manufacturer_index integer
)
RETURNS TABLE (path_schema jsonb, path_level integer)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.path_schema_payload(level) AS path_schema,
        level.path_level
    FROM
        paths.seen_manufacturers(
            list_path_schemas.organization_id, list_path_schemas.user_id
        ) AS manufacturer
    INNER JOIN paths.manufacturer_path_schemas AS level
        ON
            manufacturer.wallet_version = level.wallet_version
            AND manufacturer.manufacturer_index = level.manufacturer_index
    WHERE
        manufacturer.wallet_version = list_path_schemas.wallet_version
        AND manufacturer.manufacturer_index = list_path_schemas.manufacturer_index
    ORDER BY level.path_level;
END;

COMMENT ON FUNCTION paths.list_path_schemas(bigint, text, integer, integer)
IS
$comment$Answer the levels of a manufacturer's paths, at most 20, by place; none of one that the
key may not see.$comment$;

GRANT EXECUTE ON FUNCTION paths.list_path_schemas(bigint, text, integer, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
