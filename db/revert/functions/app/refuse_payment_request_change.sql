-- Revert pgtill:functions/app/refuse_payment_request_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER payment_requests_answer_never_changes ON app.payment_requests;
DROP TRIGGER payment_requests_never_removed ON app.payment_requests;
DROP FUNCTION app.refuse_payment_request_change();

COMMIT;
