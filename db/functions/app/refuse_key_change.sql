-- Deploy pgtill:functions/app/refuse_key_change to pg
-- requires: tables/app/wallet_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.refuse_key_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'a used wallet account keeps its key'
        USING
            ERRCODE = 'TL011',
            DETAIL = format('%s has handed out %s addresses', old.id, old.next_index);
END
$function$;

COMMENT ON FUNCTION app.refuse_key_change()
IS
$comment$Trigger: refuse another key for an account that has handed out an address, for everybody.

Its addresses are of the first key: of a second, those below the cursor would never be handed out, and
nobody could tell any more whose the old ones are.

Raises
  TL011  a used wallet account keeps its key$comment$;

CREATE OR REPLACE TRIGGER wallet_accounts_used_keeps_key
BEFORE UPDATE ON app.wallet_accounts
FOR EACH ROW
WHEN (old.next_index > 0 AND new.parent_key_digest IS DISTINCT FROM old.parent_key_digest)
EXECUTE FUNCTION app.refuse_key_change();

ALTER TABLE app.wallet_accounts ENABLE ALWAYS TRIGGER wallet_accounts_used_keeps_key;

COMMIT;
