-- Revert pgtill:functions/app/configuration_violations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.configuration_violations(jsonb, jsonb, boolean);

COMMIT;
