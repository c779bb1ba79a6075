-- Revert pgtill:tables/ledger/accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.accounts;

COMMIT;
