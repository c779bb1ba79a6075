-- Revert pgtill:functions/ledger/export_entries from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.export_entries(bigint, timestamptz, timestamptz, text, integer);

COMMIT;
