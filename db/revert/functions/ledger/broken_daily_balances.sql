-- Revert pgtill:functions/ledger/broken_daily_balances from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.broken_daily_balances(bigint, text);

COMMIT;
