-- Revert pgtill:reference/ledger/chart_of_accounts from pg

BEGIN;

-- Kept: rows that accounts may stand on. They go with their table.

COMMIT;
