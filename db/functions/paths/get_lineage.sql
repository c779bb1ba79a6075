-- Deploy pgtill:functions/paths/get_lineage to pg
-- requires: functions/paths/seen_manufacturers
-- requires: functions/paths/verify_lineage

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_lineage(
    organization_id bigint,
    user_id text,
    canonical_name text
)
RETURNS TABLE (
    step integer,
    wallet_version integer,
    manufacturer_index integer,
    assignment_reason text,
    assignment_date timestamptz,
    status text,
    problem text
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT assigned.*
    FROM paths.verify_lineage(get_lineage.canonical_name) AS assigned
    WHERE
        EXISTS (
            SELECT
            FROM
                paths.seen_manufacturers(
                    get_lineage.organization_id, get_lineage.user_id
                ) AS manufacturer
            WHERE manufacturer.manufacturer_name = get_lineage.canonical_name
        )
    ORDER BY assigned.step;
END;

COMMENT ON FUNCTION paths.get_lineage(bigint, text, text)
IS
$comment$Answer what verify_lineage() does of a name that the key may see in any wallet, else no
row.$comment$;

GRANT EXECUTE ON FUNCTION paths.get_lineage(bigint, text, text) TO pgtill_service;

COMMIT;
