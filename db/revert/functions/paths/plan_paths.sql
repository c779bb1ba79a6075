-- Revert pgtill:functions/paths/plan_paths from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.plan_paths(jsonb[], boolean);

COMMIT;
