-- Deploy pgtill:functions/paths/list_wallet_versions to pg
-- requires: functions/paths/wallet_version_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.list_wallet_versions(after_version integer, max_count integer)
RETURNS TABLE (wallet_version jsonb, version_id integer)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        paths.wallet_version_payload(wallet) AS wallet_version,
        wallet.version_id
    FROM paths.wallet_versions AS wallet
    WHERE wallet.version_id > coalesce(list_wallet_versions.after_version, 0)
    ORDER BY wallet.version_id
    LIMIT list_wallet_versions.max_count;
END;

COMMENT ON FUNCTION paths.list_wallet_versions(integer, integer)
IS 'Answer wallet versions by number, after one.';

GRANT EXECUTE ON FUNCTION paths.list_wallet_versions(integer, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
