-- Revert pgtill:types/ledger/side from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TYPE ledger.side;

COMMIT;
