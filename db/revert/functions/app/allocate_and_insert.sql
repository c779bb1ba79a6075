-- Revert pgtill:functions/app/allocate_and_insert from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.allocate_and_insert(jsonb, jsonb);

COMMIT;
