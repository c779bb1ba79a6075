-- Deploy pgtill:functions/wallets/update_wallet to pg
-- requires: functions/wallets/change_wallet

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.update_wallet(
    organization_id bigint,
    wallet_id text,
    changes jsonb
)
RETURNS TABLE (wallet jsonb)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT changed.wallet
    FROM wallets.change_wallet(
        organization_id => update_wallet.organization_id,
        wallet_id => update_wallet.wallet_id,
        action => 'update_wallet',
        changes => (
            SELECT coalesce(jsonb_object_agg(change.key, change.value), '{}')
            FROM jsonb_each(update_wallet.changes) AS change
            WHERE change.key IN ('provider_customer_id', 'metadata')
        )
    ) AS changed (wallet);
END;

COMMENT ON FUNCTION wallets.update_wallet(bigint, text, jsonb)
IS
$comment$Change customer id and metadata of a wallet, audited; answer it as it is then.

changes  {provider_customer_id?, metadata?}: what is left out stays, metadata is replaced whole, null
         takes the customer id away. What is the same already is no change, and no event.

No row when no member of the organization has the wallet.

Raises
  23502  metadata is null
  23514  a value breaks a rule of the table$comment$;

GRANT EXECUTE ON FUNCTION wallets.update_wallet(bigint, text, jsonb) TO pgtill_service;

COMMIT;
