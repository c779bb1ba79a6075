-- Revert pgtill:reference/app/address_schemes from pg

BEGIN;

-- Kept: rows that payment requests may stand on. They go with their table.

COMMIT;
