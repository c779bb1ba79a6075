-- Revert pgtill:schemas/app from pg

BEGIN;

DROP SCHEMA app;

COMMIT;
