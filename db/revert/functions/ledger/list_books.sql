-- Revert pgtill:functions/ledger/list_books from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.list_books();

COMMIT;
