-- Revert pgtill:functions/ledger/book_capture from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.book_capture(
    bigint, text, text, text, text, text, text, text, numeric, numeric
);

COMMIT;
