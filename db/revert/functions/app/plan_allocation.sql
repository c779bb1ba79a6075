-- Revert pgtill:functions/app/plan_allocation from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.plan_allocation(jsonb, jsonb);

COMMIT;
