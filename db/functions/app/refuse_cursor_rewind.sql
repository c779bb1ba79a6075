-- Deploy pgtill:functions/app/refuse_cursor_rewind to pg
-- requires: tables/app/wallet_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.refuse_cursor_rewind()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'cursor of a wallet account never goes back'
        USING
            ERRCODE = 'TL004',
            DETAIL = format('%s stands at %s, not %s', old.id, old.next_index, new.next_index);
END
$function$;

COMMENT ON FUNCTION app.refuse_cursor_rewind()
IS
$comment$Trigger: refuse to move a cursor back, for everybody.

Raises
  TL004  cursor of a wallet account never goes back$comment$;

-- The only thing a CHECK cannot say: it sees one version of the row.
CREATE OR REPLACE TRIGGER wallet_accounts_cursor_never_goes_back
BEFORE UPDATE ON app.wallet_accounts
FOR EACH ROW
WHEN (new.next_index < old.next_index)
EXECUTE FUNCTION app.refuse_cursor_rewind();

ALTER TABLE app.wallet_accounts ENABLE ALWAYS TRIGGER wallet_accounts_cursor_never_goes_back;

COMMIT;
