-- Revert pgtill:functions/ledger/book_refund from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.book_refund(bigint, text, text, text, text, text, text, text, numeric);

COMMIT;
