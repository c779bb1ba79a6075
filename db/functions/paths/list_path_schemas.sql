-- Deploy pgtill:functions/paths/list_path_schemas to pg
-- requires: functions/paths/path_schema_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_path_schemas(
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
    FROM paths.manufacturer_path_schemas AS level
    WHERE
        level.wallet_version = list_path_schemas.wallet_version
        AND level.manufacturer_index = list_path_schemas.manufacturer_index
    ORDER BY level.path_level;
END;

COMMENT ON FUNCTION paths.list_path_schemas(integer, integer)
IS 'Answer the levels of a manufacturer''s paths, at most 20, by place.';

GRANT EXECUTE ON FUNCTION paths.list_path_schemas(integer, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
