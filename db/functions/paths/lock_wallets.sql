-- Deploy pgtill:functions/paths/lock_wallets to pg
-- requires: functions/paths/lock_wallet

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.lock_wallets(source_wallet integer, target_wallet integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _wallet paths.wallet_versions;
BEGIN
    IF lock_wallets.source_wallet = lock_wallets.target_wallet THEN
        RAISE EXCEPTION 'source and target are one wallet version'
            USING
                ERRCODE = 'TL220',
                DETAIL = format('wallet version %s', lock_wallets.source_wallet);
    END IF;

    -- Lock order 13: wallets, by version.
    _wallet := paths.lock_wallet(least(lock_wallets.source_wallet, lock_wallets.target_wallet));
    _wallet := paths.lock_wallet(greatest(lock_wallets.source_wallet, lock_wallets.target_wallet));

    SELECT wallet.*
    INTO _wallet
    FROM paths.wallet_versions AS wallet
    WHERE wallet.version_id = lock_wallets.target_wallet;

    IF _wallet.status <> 'active' THEN
        RAISE EXCEPTION 'wallet version is not active'
            USING
                ERRCODE = 'TL205',
                DETAIL = format('wallet version %s is %s', _wallet.version_id, _wallet.status);
    END IF;
END
$function$;

COMMENT ON FUNCTION paths.lock_wallets(integer, integer)
IS
'Hold the wallets of a transfer, whose target must be active: raises TL204, TL205, or TL220 where
they are one.

Private to transfer_manufacturer() and transfer_path().';

COMMIT;
