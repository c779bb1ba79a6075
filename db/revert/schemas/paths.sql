-- Revert pgtill:schemas/paths from pg

BEGIN;

DROP SCHEMA paths;

COMMIT;
