-- Deploy pgtill:functions/paths/get_path to pg
-- requires: functions/paths/seen_manufacturers
-- requires: functions/paths/path_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_path(
    organization_id bigint,
    user_id text,
    wallet_version integer,
    base_path text
)
RETURNS TABLE (path jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.path_payload(registered) AS path
    FROM paths.path_registry AS registered
    INNER JOIN
        paths.seen_manufacturers(get_path.organization_id, get_path.user_id) AS manufacturer
        ON
            registered.wallet_version = manufacturer.wallet_version
            AND registered.manufacturer_index = manufacturer.manufacturer_index
    WHERE
        registered.wallet_version = get_path.wallet_version
        AND registered.base_path = get_path.base_path;
END;

COMMENT ON FUNCTION paths.get_path(bigint, text, integer, text)
IS
$comment$Answer a path that the key may see, or no row: another's is as if not there.$comment$;

GRANT EXECUTE ON FUNCTION paths.get_path(bigint, text, integer, text) TO pgtill_service;

COMMIT;
