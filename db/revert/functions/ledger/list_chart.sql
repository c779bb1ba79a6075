-- Revert pgtill:functions/ledger/list_chart from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.list_chart();

COMMIT;
