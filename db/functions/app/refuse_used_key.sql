-- Deploy pgtill:functions/app/refuse_used_key to pg
-- requires: tables/app/payment_requests

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.refuse_used_key(
    chain text,
    network text,
    parent_key_digest text,
    index0_address text
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
BEGIN
    IF EXISTS (
        SELECT FROM app.payment_requests AS request
        WHERE request.chain = refuse_used_key.chain
            AND request.network = refuse_used_key.network
            AND request.address_canonical = refuse_used_key.index0_address
    ) OR EXISTS (
        SELECT FROM app.wallet_accounts AS account
        WHERE account.chain = refuse_used_key.chain
            AND account.network = refuse_used_key.network
            AND account.parent_key_digest = refuse_used_key.parent_key_digest
            AND account.next_index > 0
    ) THEN
        RAISE EXCEPTION 'the key has handed out addresses before'
            USING
                ERRCODE = 'TL007',
                DETAIL = format('%s/%s', refuse_used_key.chain, refuse_used_key.network),
                HINT = 'Was its HMAC secret changed without the old one among the previous secrets?';
    END IF;
END
$function$;

COMMENT ON FUNCTION app.refuse_used_key(text, text, text, text)
IS
$comment$Refuse to begin at index 0 with a key whose addresses were handed out already.

Private to sync_wallet_account().

Raises
  TL007  the key has handed out addresses before$comment$;

COMMIT;
