-- Revert pgtill:functions/ledger/book_event from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.book_event(jsonb, text, jsonb);

COMMIT;
