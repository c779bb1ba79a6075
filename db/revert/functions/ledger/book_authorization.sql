-- Revert pgtill:functions/ledger/book_authorization from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.book_authorization(bigint, text, text, text, text, text, text, numeric);

COMMIT;
