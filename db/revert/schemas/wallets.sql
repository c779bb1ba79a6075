-- Revert pgtill:schemas/wallets from pg

BEGIN;

DROP SCHEMA wallets;

COMMIT;
