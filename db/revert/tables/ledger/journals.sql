-- Revert pgtill:tables/ledger/journals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.journals;

COMMIT;
