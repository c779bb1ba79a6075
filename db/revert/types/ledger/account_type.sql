-- Revert pgtill:types/ledger/account_type from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TYPE ledger.account_type;

COMMIT;
