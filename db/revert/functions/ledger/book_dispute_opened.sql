-- Revert pgtill:functions/ledger/book_dispute_opened from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.book_dispute_opened(bigint, text, text, text, text, text, text, numeric);

COMMIT;
