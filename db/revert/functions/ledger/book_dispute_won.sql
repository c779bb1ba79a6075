-- Revert pgtill:functions/ledger/book_dispute_won from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.book_dispute_won(bigint, text, text, text, text, text, text, numeric);

COMMIT;
