-- Deploy pgtill:functions/wallets/refuse_change to pg
-- requires: tables/wallets/audit_events
-- requires: tables/wallets/wallet_idempotency_keys

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.refuse_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'audit events and used keys are append-only'
        USING
            ERRCODE = 'TL101',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION wallets.refuse_change()
IS
$comment$Trigger: refuse UPDATE, DELETE and TRUNCATE, for everybody, the owner too.

Raises
  TL101  audit events and used keys are append-only$comment$;

CREATE OR REPLACE TRIGGER audit_events_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallets.audit_events
FOR EACH STATEMENT
EXECUTE FUNCTION wallets.refuse_change();

CREATE OR REPLACE TRIGGER wallet_idempotency_keys_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallets.wallet_idempotency_keys
FOR EACH STATEMENT
EXECUTE FUNCTION wallets.refuse_change();

ALTER TABLE wallets.audit_events ENABLE ALWAYS TRIGGER audit_events_append_only;
ALTER TABLE wallets.wallet_idempotency_keys
ENABLE ALWAYS TRIGGER wallet_idempotency_keys_append_only;

COMMIT;
