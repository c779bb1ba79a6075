-- Revert pgtill:functions/ledger/new_journal from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.new_journal(jsonb, integer, timestamptz);

COMMIT;
