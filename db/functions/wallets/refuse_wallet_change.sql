-- Deploy pgtill:functions/wallets/refuse_wallet_change to pg
-- requires: tables/wallets/wallet_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.refuse_wallet_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'what a wallet was registered as never changes'
        USING
            ERRCODE = 'TL102',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION wallets.refuse_wallet_change()
IS
$comment$Trigger: refuse to change whose a wallet is, where, or how it was made, and to remove one.

Raises
  TL102  what a wallet was registered as never changes$comment$;

CREATE OR REPLACE TRIGGER wallet_registry_identity_never_changes
BEFORE UPDATE ON wallets.wallet_registry
FOR EACH ROW
WHEN (
    (
        old.id,
        old.external_id,
        old.user_id,
        old.provider,
        old.provider_account_id,
        old.idempotency_key,
        old.created_at
    )
    IS DISTINCT FROM
    (
        new.id,
        new.external_id,
        new.user_id,
        new.provider,
        new.provider_account_id,
        new.idempotency_key,
        new.created_at
    )
)
EXECUTE FUNCTION wallets.refuse_wallet_change();

CREATE OR REPLACE TRIGGER wallet_registry_never_removed
BEFORE DELETE OR TRUNCATE ON wallets.wallet_registry
FOR EACH STATEMENT
EXECUTE FUNCTION wallets.refuse_wallet_change();

ALTER TABLE wallets.wallet_registry ENABLE ALWAYS TRIGGER wallet_registry_identity_never_changes;
ALTER TABLE wallets.wallet_registry ENABLE ALWAYS TRIGGER wallet_registry_never_removed;

COMMIT;
