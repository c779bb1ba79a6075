-- Deploy pgtill:functions/paths/get_wallet_version to pg
-- requires: functions/paths/wallet_version_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.get_wallet_version(version_id integer)
RETURNS TABLE (wallet_version jsonb)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT paths.wallet_version_payload(wallet) AS wallet_version
    FROM paths.wallet_versions AS wallet
    WHERE
        wallet.version_id = get_wallet_version.version_id
        OR (get_wallet_version.version_id IS NULL AND wallet.is_default);
END;

COMMENT ON FUNCTION paths.get_wallet_version(integer)
IS 'Answer a wallet version, the default one for NULL, or no row.';

GRANT EXECUTE ON FUNCTION paths.get_wallet_version(integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
