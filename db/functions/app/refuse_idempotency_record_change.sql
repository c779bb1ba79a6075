-- Deploy pgtill:functions/app/refuse_idempotency_record_change to pg
-- requires: tables/app/idempotency_records

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.refuse_idempotency_record_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'used idempotency keys are append-only'
        USING
            ERRCODE = 'TL010',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION app.refuse_idempotency_record_change()
IS
$comment$Trigger: refuse UPDATE, DELETE and TRUNCATE, for everybody, the owner too.

A key that was forgotten would be given a second address when it is asked again, so none is ever removed,
not after its expires_at either: that is until when it is kept at least.

Raises
  TL010  used idempotency keys are append-only$comment$;

CREATE OR REPLACE TRIGGER idempotency_records_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON app.idempotency_records
FOR EACH STATEMENT
EXECUTE FUNCTION app.refuse_idempotency_record_change();

ALTER TABLE app.idempotency_records ENABLE ALWAYS TRIGGER idempotency_records_append_only;

COMMIT;
