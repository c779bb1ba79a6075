-- Revert pgtill:functions/ledger/book_dispute_lost from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.book_dispute_lost(
    bigint, text, text, text, text, text, text, text, numeric, numeric
);

COMMIT;
