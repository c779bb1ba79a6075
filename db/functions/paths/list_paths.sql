-- Deploy pgtill:functions/paths/list_paths to pg
-- requires: functions/paths/seen_manufacturers
-- requires: functions/paths/path_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_paths(
    organization_id bigint,
    user_id text,
    wallet_version integer,
    prefix text,
    after_path text,
    max_count integer
)
RETURNS TABLE (path jsonb, base_path text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.path_payload(registered) AS path,
        registered.base_path
    FROM paths.path_registry AS registered
    INNER JOIN
        paths.seen_manufacturers(list_paths.organization_id, list_paths.user_id) AS manufacturer
        ON
            registered.wallet_version = manufacturer.wallet_version
            AND registered.manufacturer_index = manufacturer.manufacturer_index
    WHERE
        registered.wallet_version = list_paths.wallet_version
        AND registered.base_path > coalesce(list_paths.after_path, '') COLLATE pg_catalog."C"
        -- What is below a path lies between it and its dot's successor, byte by byte.
        AND registered.base_path >= coalesce(list_paths.prefix, '') COLLATE pg_catalog."C"
        AND registered.base_path < coalesce(list_paths.prefix || '/', ':') COLLATE pg_catalog."C"
        AND (
            list_paths.prefix IS NULL
            OR registered.base_path = list_paths.prefix
            OR starts_with(registered.base_path, list_paths.prefix || '.')
        )
    ORDER BY registered.base_path
    LIMIT list_paths.max_count;
END;

COMMENT ON FUNCTION paths.list_paths(bigint, text, integer, text, text, integer)
IS
$comment$Answer the paths that the key may see, at and below a prefix (or all), byte by byte,
after one.$comment$;

GRANT EXECUTE ON FUNCTION paths.list_paths(bigint, text, integer, text, text, integer)
TO pgtill_service;

COMMIT;
