-- Deploy pgtill:functions/paths/lock_path to pg
-- requires: functions/paths/require_member
-- requires: tables/paths/path_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.lock_path(
    organization_id bigint,
    wallet_version integer,
    base_path text
)
RETURNS paths.path_registry
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _path paths.path_registry;
BEGIN
    -- Lock order 14: a registered path; nothing is waited for after it.
    SELECT registered.*
    INTO _path
    FROM paths.path_registry AS registered
    WHERE registered.wallet_version = lock_path.wallet_version
        AND registered.base_path = lock_path.base_path
        AND EXISTS (
            SELECT FROM paths.manufacturer_registry AS manufacturer
            WHERE manufacturer.wallet_version = registered.wallet_version
                AND manufacturer.manufacturer_index = registered.manufacturer_index
                AND manufacturer.organization_id = lock_path.organization_id
        )
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'path does not exist'
            USING
                ERRCODE = 'TL212',
                DETAIL = format(
                    'wallet version %s, path %L', lock_path.wallet_version, lock_path.base_path
                );
    END IF;

    RETURN _path;
END
$function$;

COMMENT ON FUNCTION paths.lock_path(bigint, integer, text)
IS
'Hold a path of the organization and answer it; raise TL212 where it has no such path.

Private to extend_path(), exhaust_path() and retire_path().';

COMMIT;
