-- Revert pgtill:reference/ledger/currencies from pg

BEGIN;

-- Kept: rows that accounts may stand on. They go with their table.

COMMIT;
