-- Deploy pgtill:functions/ledger/refuse_account_change to pg
-- requires: tables/ledger/accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.refuse_account_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'an account is moved by its entries and holds alone'
        USING
            ERRCODE = 'TL304',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION ledger.refuse_account_change()
IS
$comment$Trigger: refuse to edit an account, for everybody, the owner too.

Raises
  TL304  an account is moved by its entries and holds alone$comment$;

-- The triggers of entries and holds run one level deeper. A level costs nothing to ask; comparing
-- each account with its last entry would cost a look-up each.
CREATE OR REPLACE TRIGGER accounts_moved_by_entries
BEFORE UPDATE ON ledger.accounts
FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION ledger.refuse_account_change();

ALTER TABLE ledger.accounts ENABLE ALWAYS TRIGGER accounts_moved_by_entries;

COMMIT;
