-- Deploy pgtill:functions/paths/get_verification_facts to pg
-- requires: tables/paths/path_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_verification_facts(
    wallet_version integer,
    base_path text
)
RETURNS TABLE (
    range_start bigint,
    range_end bigint,
    public_key text,
    key_delegation_level text,
    wallet_status text,
    manufacturer_status text,
    path_status text
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        registered.allocated_range_start AS range_start,
        registered.allocated_range_end AS range_end,
        manufacturer.public_key,
        manufacturer.key_delegation_level,
        wallet.status AS wallet_status,
        manufacturer.status AS manufacturer_status,
        registered.status AS path_status
    FROM paths.path_registry AS registered
    INNER JOIN
        paths.manufacturer_registry AS manufacturer
        ON
            registered.wallet_version = manufacturer.wallet_version
            AND registered.manufacturer_index = manufacturer.manufacturer_index
    INNER JOIN paths.wallet_versions AS wallet ON registered.wallet_version = wallet.version_id
    WHERE
        registered.wallet_version = get_verification_facts.wallet_version
        AND registered.base_path = get_verification_facts.base_path;
END;

COMMENT ON FUNCTION paths.get_verification_facts(integer, text)
IS
$comment$Answer what a signature over an instance of a path is judged by, or no row where the path
is not allocated. Whoever holds a thing may ask: it says nothing of whose the path is, who allocated it,
when or what for. The service shows the verdict only, and the range not before a signature is good.$comment$;

GRANT EXECUTE ON FUNCTION paths.get_verification_facts(integer, text) TO pgtill_service;

COMMIT;
