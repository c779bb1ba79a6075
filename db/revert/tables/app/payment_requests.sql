-- Revert pgtill:tables/app/payment_requests from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE app.payment_requests;

COMMIT;
