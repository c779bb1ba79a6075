-- Revert pgtill:tables/ledger/open_holds from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.open_holds;

COMMIT;
