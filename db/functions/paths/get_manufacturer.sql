-- Deploy pgtill:functions/paths/get_manufacturer to pg
-- requires: functions/paths/seen_manufacturers
-- requires: functions/paths/manufacturer_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_manufacturer(
    organization_id bigint,
    user_id text,
    wallet_version integer,
    manufacturer_index integer
)
RETURNS TABLE (manufacturer jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.manufacturer_payload(registered) AS manufacturer
    FROM
        paths.seen_manufacturers(
            get_manufacturer.organization_id, get_manufacturer.user_id
        ) AS registered
    WHERE
        registered.wallet_version = get_manufacturer.wallet_version
        AND registered.manufacturer_index = get_manufacturer.manufacturer_index;
END;

COMMENT ON FUNCTION paths.get_manufacturer(bigint, text, integer, integer)
IS
'Answer a manufacturer that the key may see, or no row: another''s is as if not there.';

GRANT EXECUTE ON FUNCTION paths.get_manufacturer(bigint, text, integer, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
