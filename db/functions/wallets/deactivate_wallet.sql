-- Deploy pgtill:functions/wallets/deactivate_wallet to pg
-- requires: functions/wallets/change_wallet

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.deactivate_wallet(organization_id bigint, wallet_id text)
RETURNS TABLE (wallet jsonb)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT changed.wallet
    FROM wallets.change_wallet(
        organization_id => deactivate_wallet.organization_id,
        wallet_id => deactivate_wallet.wallet_id,
        action => 'deactivate_wallet',
        changes => jsonb_build_object('is_active', FALSE)
    ) AS changed (wallet);
END;

COMMENT ON FUNCTION wallets.deactivate_wallet(bigint, text)
IS
$comment$Take a wallet out of use, audited; answer it as it is then.

A second time changes nothing. No row when no member of the organization has the wallet.$comment$;

GRANT EXECUTE ON FUNCTION wallets.deactivate_wallet(bigint, text) TO pgtill_service;

COMMIT;
