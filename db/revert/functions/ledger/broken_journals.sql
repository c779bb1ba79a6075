-- Revert pgtill:functions/ledger/broken_journals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.broken_journals(bigint, text);

COMMIT;
