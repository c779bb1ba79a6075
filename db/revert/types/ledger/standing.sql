-- Revert pgtill:types/ledger/standing from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TYPE ledger.standing;

COMMIT;
