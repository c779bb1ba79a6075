-- Deploy pgtill:functions/paths/get_manufacturer to pg
-- requires: functions/paths/manufacturer_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_manufacturer(
    wallet_version integer, manufacturer_index integer
)
RETURNS TABLE (manufacturer jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.manufacturer_payload(registered) AS manufacturer
    FROM paths.manufacturer_registry AS registered
    WHERE
        registered.wallet_version = get_manufacturer.wallet_version
        AND registered.manufacturer_index = get_manufacturer.manufacturer_index;
END;

COMMENT ON FUNCTION paths.get_manufacturer(integer, integer)
IS 'Answer a manufacturer of a wallet, or no row. Names and public keys are everybody''s.';

GRANT EXECUTE ON FUNCTION paths.get_manufacturer(integer, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
