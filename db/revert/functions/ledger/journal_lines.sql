-- Revert pgtill:functions/ledger/journal_lines from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.journal_lines(bigint);

COMMIT;
