-- Deploy pgtill:functions/paths/hd_derivation_prefix to pg
-- requires: functions/paths/parse_path

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.hd_derivation_prefix(wallet_version integer, base_path text)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        'm/44''/501''/' || hd_derivation_prefix.wallet_version::text || '''/'
        || array_to_string(paths.parse_path(hd_derivation_prefix.base_path), '''/')
        || ''''
    WHERE hd_derivation_prefix.wallet_version >= 1;
END;

COMMENT ON FUNCTION paths.hd_derivation_prefix(integer, text)
IS 'Write the derivation path, every level hardened; NULL where path or wallet is none.';

GRANT EXECUTE ON FUNCTION paths.hd_derivation_prefix(integer, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
