-- Revert pgtill:functions/ledger/balance_at from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.balance_at(bigint, text, timestamptz);

COMMIT;
