-- Deploy pgtill:functions/paths/find_manufacturer to pg
-- requires: functions/paths/seen_manufacturers
-- requires: functions/paths/manufacturer_payload
-- requires: tables/paths/manufacturer_lineage

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.find_manufacturer(
    organization_id bigint,
    user_id text,
    manufacturer_name text
)
RETURNS TABLE (manufacturer jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.manufacturer_payload(registered) AS manufacturer
    FROM paths.manufacturer_lineage AS lineage
    INNER JOIN
        paths.seen_manufacturers(
            find_manufacturer.organization_id, find_manufacturer.user_id
        ) AS registered
        ON
            lineage.current_wallet_version = registered.wallet_version
            AND lineage.current_manufacturer_index = registered.manufacturer_index
    WHERE
        lineage.canonical_name = find_manufacturer.manufacturer_name
        AND lineage.status = 'active';
END;

COMMENT ON FUNCTION paths.find_manufacturer(bigint, text, text)
IS
$comment$Answer the manufacturer of a name where its lineage says that it is now, or no row:
another's is as if not there.$comment$;

GRANT EXECUTE ON FUNCTION paths.find_manufacturer(bigint, text, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
