-- Revert pgtill:functions/ledger/fee_of from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.fee_of(numeric, numeric);

COMMIT;
