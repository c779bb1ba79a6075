-- Revert pgtill:reference/paths/wallet_versions from pg

BEGIN;

-- Kept: rows that paths may stand on. They go with their table.

COMMIT;
