-- Revert pgtill:schemas/ledger from pg

BEGIN;

DROP SCHEMA ledger;

COMMIT;
