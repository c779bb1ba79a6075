-- Revert pgtill:tables/ledger/currencies from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.currencies;

COMMIT;
