-- Revert pgtill:functions/app/insert_allocations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.insert_allocations(jsonb, jsonb);

COMMIT;
