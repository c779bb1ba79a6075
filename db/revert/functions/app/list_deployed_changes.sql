-- Revert pgtill:functions/app/list_deployed_changes from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.list_deployed_changes();

RESET ROLE;

REVOKE SELECT ON sqitch.changes FROM pgtill_owner;
REVOKE USAGE ON SCHEMA sqitch FROM pgtill_owner;

COMMIT;
