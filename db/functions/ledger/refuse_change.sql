-- Deploy pgtill:functions/ledger/refuse_change to pg
-- requires: tables/ledger/entries

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.refuse_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only'
        USING
            ERRCODE = 'TL302',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION ledger.refuse_change()
IS
$comment$Trigger: refuse UPDATE, DELETE and TRUNCATE, for everybody, the owner too.

Raises
  TL302  the ledger is append-only$comment$;

CREATE OR REPLACE TRIGGER currencies_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.currencies
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

CREATE OR REPLACE TRIGGER accounts_append_only
BEFORE DELETE OR TRUNCATE ON ledger.accounts
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

CREATE OR REPLACE TRIGGER journals_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.journals
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

CREATE OR REPLACE TRIGGER entries_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entries
FOR EACH STATEMENT
EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.currencies ENABLE ALWAYS TRIGGER currencies_append_only;
ALTER TABLE ledger.accounts ENABLE ALWAYS TRIGGER accounts_append_only;
ALTER TABLE ledger.journals ENABLE ALWAYS TRIGGER journals_append_only;
ALTER TABLE ledger.entries ENABLE ALWAYS TRIGGER entries_append_only;

COMMIT;
