-- Revert pgtill:functions/ledger/insert_journals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.insert_journals(jsonb, integer);

COMMIT;
