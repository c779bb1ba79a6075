-- Revert pgtill:functions/app/read_token from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.read_token();

COMMIT;
