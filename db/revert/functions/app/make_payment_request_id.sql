-- Revert pgtill:functions/app/make_payment_request_id from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.make_payment_request_id();

COMMIT;
