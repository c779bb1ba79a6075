-- Revert pgtill:functions/ledger/list_journals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.list_journals(bigint, text, integer, text);

COMMIT;
