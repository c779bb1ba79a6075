-- Revert pgtill:tables/ledger/entries from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.entries;

COMMIT;
