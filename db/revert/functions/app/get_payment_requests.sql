-- Revert pgtill:functions/app/get_payment_requests from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.get_payment_requests(bigint[], text[]);

COMMIT;
