-- Revert pgtill:functions/app/judge_orders from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.judge_orders(jsonb);

COMMIT;
