-- Revert pgtill:functions/ledger/broken_entries from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.broken_entries(bigint, text);

COMMIT;
