-- Deploy pgtill:functions/paths/set_default_wallet to pg
-- requires: tables/paths/wallet_versions

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.set_default_wallet(version_id integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _status text;
BEGIN
    -- Lock order 13: wallets, by version.
    PERFORM wallet.version_id
    FROM paths.wallet_versions AS wallet
    WHERE wallet.is_default OR wallet.version_id = set_default_wallet.version_id
    ORDER BY wallet.version_id
    FOR NO KEY UPDATE;

    SELECT wallet.status
    INTO _status
    FROM paths.wallet_versions AS wallet
    WHERE wallet.version_id = set_default_wallet.version_id;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'wallet version does not exist'
            USING
                ERRCODE = 'TL204',
                DETAIL = format('wallet version %s', set_default_wallet.version_id);
    END IF;

    IF _status <> 'active' THEN
        RAISE EXCEPTION 'wallet version is not active'
            USING
                ERRCODE = 'TL205',
                DETAIL = format('wallet version %s', set_default_wallet.version_id);
    END IF;

    UPDATE paths.wallet_versions AS wallet
    SET is_default = (wallet.version_id = set_default_wallet.version_id)
    WHERE wallet.is_default OR wallet.version_id = set_default_wallet.version_id;
END
$function$;

COMMENT ON FUNCTION paths.set_default_wallet(integer)
IS
'Make a wallet version the default in place of the one that was. Raises TL204 where there is none,
TL205 where it is not active.

Private to carry_out_proposal(): two super-admins stand behind it.';

COMMIT;
