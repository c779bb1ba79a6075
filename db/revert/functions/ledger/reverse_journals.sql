-- Revert pgtill:functions/ledger/reverse_journals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.reverse_journals(jsonb);

COMMIT;
