-- Revert pgtill:functions/ledger/record_daily_balances from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.record_daily_balances(date);

COMMIT;
