-- Deploy pgtill:functions/paths/get_public_key to pg
-- requires: tables/paths/manufacturer_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_public_key(
    wallet_version integer,
    manufacturer_index integer
)
RETURNS TABLE (public_key text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT manufacturer.public_key
    FROM paths.manufacturer_registry AS manufacturer
    WHERE
        manufacturer.wallet_version = get_public_key.wallet_version
        AND manufacturer.manufacturer_index = get_public_key.manufacturer_index;
END;

COMMENT ON FUNCTION paths.get_public_key(integer, integer)
IS
$comment$Answer a manufacturer's public key (NULL where it has none), or no row. It is
everybody's: a class pointer says nothing without it.$comment$;

GRANT EXECUTE ON FUNCTION paths.get_public_key(integer, integer) TO pgtill_service;

COMMIT;
