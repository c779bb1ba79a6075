-- Revert pgtill:reference/app/wallet_accounts from pg

BEGIN;

-- Kept: rows that payment requests may stand on. They go with their table.

COMMIT;
