-- Revert pgtill:tables/ledger/hold_links from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.hold_links;

COMMIT;
