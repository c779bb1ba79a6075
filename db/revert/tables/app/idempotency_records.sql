-- Revert pgtill:tables/app/idempotency_records from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE app.idempotency_records;

COMMIT;
