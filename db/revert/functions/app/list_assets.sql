-- Revert pgtill:functions/app/list_assets from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.list_assets();

COMMIT;
