-- Revert pgtill:functions/app/list_issued_addresses from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.list_issued_addresses(text, bigint, integer);

COMMIT;
