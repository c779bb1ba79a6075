-- Deploy pgtill:functions/app/refuse_payment_request_change to pg
-- requires: tables/app/payment_requests

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.refuse_payment_request_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'what a payment request answered never changes'
        USING
            ERRCODE = 'TL005',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION app.refuse_payment_request_change()
IS
$comment$Trigger: refuse to change anything but the status of a payment request, or to remove one.

Raises
  TL005  what a payment request answered never changes$comment$;

CREATE OR REPLACE TRIGGER payment_requests_answer_never_changes
BEFORE UPDATE ON app.payment_requests
FOR EACH ROW
WHEN ((to_jsonb(old) - 'status') IS DISTINCT FROM (to_jsonb(new) - 'status'))
EXECUTE FUNCTION app.refuse_payment_request_change();

CREATE OR REPLACE TRIGGER payment_requests_never_removed
BEFORE DELETE OR TRUNCATE ON app.payment_requests
FOR EACH STATEMENT
EXECUTE FUNCTION app.refuse_payment_request_change();

ALTER TABLE app.payment_requests ENABLE ALWAYS TRIGGER payment_requests_answer_never_changes;
ALTER TABLE app.payment_requests ENABLE ALWAYS TRIGGER payment_requests_never_removed;

COMMIT;
