-- Deploy pgtill:functions/app/bind_wallet_account_key to pg
-- requires: tables/app/wallet_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.bind_wallet_account_key(
    wallet_account_id text,
    parent_key_digest text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _bound_digest text;
BEGIN
    SELECT account.parent_key_digest
    INTO _bound_digest
    FROM app.wallet_accounts AS account
    WHERE account.id = bind_wallet_account_key.wallet_account_id
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'wallet account does not exist'
            USING
                ERRCODE = 'TL001',
                DETAIL = format('wallet_account_id is %L', bind_wallet_account_key.wallet_account_id);
    END IF;

    IF _bound_digest <> bind_wallet_account_key.parent_key_digest THEN
        RAISE EXCEPTION 'wallet account is bound to another key'
            USING
                ERRCODE = 'TL002',
                DETAIL = format('wallet_account_id is %L', bind_wallet_account_key.wallet_account_id);
    END IF;

    UPDATE app.wallet_accounts AS account
    SET parent_key_digest = bind_wallet_account_key.parent_key_digest, updated_at = now()
    WHERE account.id = bind_wallet_account_key.wallet_account_id
        AND account.parent_key_digest IS NULL;
END
$function$;

COMMENT ON FUNCTION app.bind_wallet_account_key(text, text)
IS
$comment$Bind a wallet account to the key that its addresses come from; once bound, it stays so.

parent_key_digest is the SHA-256 of chain code and public key in lower hex: one key has one
digest, however it is spelled.

Raises
  TL001  wallet account does not exist
  TL002  wallet account is bound to another key
  23505  another active account of the network has that key (wallet_accounts_active_parent_key_unique)
  23514  the digest is not 64 lower hex digits (wallet_accounts_parent_key_digest_shape)$comment$;

GRANT EXECUTE ON FUNCTION app.bind_wallet_account_key(text, text) TO pgtill_service;

COMMIT;
