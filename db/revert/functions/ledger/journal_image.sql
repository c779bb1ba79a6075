-- Revert pgtill:functions/ledger/journal_image from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.journal_image(ledger.journals);

COMMIT;
