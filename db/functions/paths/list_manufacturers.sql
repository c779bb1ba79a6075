-- Deploy pgtill:functions/paths/list_manufacturers to pg
-- requires: functions/paths/seen_manufacturers
-- requires: functions/paths/manufacturer_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_manufacturers(
    organization_id bigint,
    user_id text,
    wallet_version integer,
    after_index integer,
    max_count integer
)
RETURNS TABLE (manufacturer jsonb, manufacturer_index integer)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.manufacturer_payload(registered) AS manufacturer,
        registered.manufacturer_index
    FROM
        paths.seen_manufacturers(
            list_manufacturers.organization_id, list_manufacturers.user_id
        ) AS registered
    WHERE
        registered.wallet_version = list_manufacturers.wallet_version
        AND registered.manufacturer_index > coalesce(list_manufacturers.after_index, 0)
    ORDER BY registered.manufacturer_index
    LIMIT list_manufacturers.max_count;
END;

COMMENT ON FUNCTION paths.list_manufacturers(bigint, text, integer, integer, integer)
IS
$comment$Answer the manufacturers of a wallet that the key may see, by index, after one.$comment$;

GRANT EXECUTE ON FUNCTION paths.list_manufacturers(bigint, text, integer, integer, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
