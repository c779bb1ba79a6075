-- Deploy pgtill:functions/paths/set_wallet_status to pg
-- requires: tables/paths/wallet_versions

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.set_wallet_status(version_id integer, status text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _status text;
    _is_default boolean;
BEGIN
    -- Lock order 13. Allocations under way end before, later ones see the new status.
    SELECT wallet.status, wallet.is_default
    INTO _status, _is_default
    FROM paths.wallet_versions AS wallet
    WHERE wallet.version_id = set_wallet_status.version_id
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'wallet version does not exist'
            USING
                ERRCODE = 'TL204',
                DETAIL = format('wallet version %s', set_wallet_status.version_id);
    END IF;

    IF _status IN ('retired', 'compromised') THEN
        RAISE EXCEPTION 'wallet version is not active'
            USING
                ERRCODE = 'TL205',
                DETAIL = format('it is %s for good', _status);
    END IF;

    IF _is_default AND set_wallet_status.status <> 'active' THEN
        RAISE EXCEPTION 'the default wallet version stays active'
            USING
                ERRCODE = 'TL226',
                DETAIL = format('wallet version %s', set_wallet_status.version_id);
    END IF;

    UPDATE paths.wallet_versions AS wallet
    SET
        status = set_wallet_status.status,
        deactivated_at = CASE
            WHEN set_wallet_status.status = 'active' THEN wallet.deactivated_at
            ELSE now()
        END,
        retired_at = CASE WHEN set_wallet_status.status = 'retired' THEN now() END
    WHERE wallet.version_id = set_wallet_status.version_id;
END
$function$;

COMMENT ON FUNCTION paths.set_wallet_status(integer, text)
IS
'Make a wallet version active, inactive, deprecated or retired; the last is for good. Raises TL204
where there is none, TL205 where it is retired or compromised, TL226 where it is the default, which
stays active.

Private to carry_out_proposal(): two super-admins stand behind it.';

COMMIT;
