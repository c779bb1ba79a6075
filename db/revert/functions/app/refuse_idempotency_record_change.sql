-- Revert pgtill:functions/app/refuse_idempotency_record_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER idempotency_records_append_only ON app.idempotency_records;
DROP FUNCTION app.refuse_idempotency_record_change();

COMMIT;
