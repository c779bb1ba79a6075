-- Deploy pgtill:functions/app/refuse_sync_event_change to pg
-- requires: tables/app/wallet_account_sync_events

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.refuse_sync_event_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'sync events are append-only'
        USING
            ERRCODE = 'TL009',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION app.refuse_sync_event_change()
IS
$comment$Trigger: refuse UPDATE, DELETE and TRUNCATE, for everybody, the owner too.

Raises
  TL009  sync events are append-only$comment$;

CREATE OR REPLACE TRIGGER wallet_account_sync_events_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON app.wallet_account_sync_events
FOR EACH STATEMENT
EXECUTE FUNCTION app.refuse_sync_event_change();

ALTER TABLE app.wallet_account_sync_events
ENABLE ALWAYS TRIGGER wallet_account_sync_events_append_only;

COMMIT;
