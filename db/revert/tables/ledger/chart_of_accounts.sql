-- Revert pgtill:tables/ledger/chart_of_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.chart_of_accounts;

COMMIT;
