-- Deploy pgtill:functions/paths/to_base58 to pg
-- requires: functions/paths/parse_path
-- requires: functions/paths/base58_number

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.to_base58(base_path text, wallet_version integer DEFAULT NULL)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(paths.base58_number(component.number), '.' ORDER BY component.place)
    FROM
        unnest(to_base58.wallet_version || paths.parse_path(to_base58.base_path))
        WITH ORDINALITY AS component (number, place)
    WHERE
        component.number IS NOT NULL
        AND paths.parse_path(to_base58.base_path) IS NOT NULL
        AND coalesce(to_base58.wallet_version, 1) >= 1;
END;

COMMENT ON FUNCTION paths.to_base58(text, integer)
IS
'Write a path with each component in Base58, the wallet in front where one is given; NULL where it
is no path or no wallet.';

GRANT EXECUTE ON FUNCTION paths.to_base58(text, integer)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
