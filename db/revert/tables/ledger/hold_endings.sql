-- Revert pgtill:tables/ledger/hold_endings from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE ledger.hold_endings;

COMMIT;
