-- Revert pgtill:tables/ledger/daily_balances from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.daily_balances;

COMMIT;
