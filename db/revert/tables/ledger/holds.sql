-- Revert pgtill:tables/ledger/holds from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.holds;

COMMIT;
