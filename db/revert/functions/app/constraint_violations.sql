-- Revert pgtill:functions/app/constraint_violations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.constraint_violations();

COMMIT;
