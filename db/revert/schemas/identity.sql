-- Revert pgtill:schemas/identity from pg

BEGIN;

DROP SCHEMA identity;

COMMIT;
