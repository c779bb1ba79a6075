-- Revert pgtill:functions/ledger/get_journal from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.get_journal(bigint, text);

COMMIT;
