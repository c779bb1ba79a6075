-- Deploy pgtill:functions/paths/lock_wallet to pg
-- requires: tables/paths/wallet_versions

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.lock_wallet(version_id integer)
RETURNS paths.wallet_versions
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _wallet paths.wallet_versions;
BEGIN
    -- Lock order 13: wallets.
    SELECT wallet.*
    INTO _wallet
    FROM paths.wallet_versions AS wallet
    WHERE wallet.version_id = coalesce(
        lock_wallet.version_id,
        (SELECT standard.version_id FROM paths.wallet_versions AS standard WHERE standard.is_default)
    )
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'wallet version does not exist'
            USING
                ERRCODE = 'TL204',
                DETAIL = format('wallet version %s', lock_wallet.version_id);
    END IF;

    RETURN _wallet;
END
$function$;

COMMENT ON FUNCTION paths.lock_wallet(integer)
IS
'Hold a wallet version, the default one for NULL, and answer it; raise TL204 where there is none. No
allocation in it is under way then, and none ends before the caller does.

Private to the functions of this schema.';

COMMIT;
