-- Revert pgtill:functions/app/catalog_violations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.catalog_violations(jsonb, jsonb, boolean);

COMMIT;
