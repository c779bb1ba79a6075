-- Revert pgtill:functions/app/payment_request_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.payment_request_payload(app.payment_requests);

COMMIT;
