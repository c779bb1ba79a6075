-- Revert pgtill:functions/app/get_payment_request from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.get_payment_request(bigint, text);

COMMIT;
