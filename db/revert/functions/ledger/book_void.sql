-- Revert pgtill:functions/ledger/book_void from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.book_void(bigint, text, text, text, text, text, text, numeric);

COMMIT;
