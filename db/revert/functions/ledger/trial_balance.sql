-- Revert pgtill:functions/ledger/trial_balance from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.trial_balance(bigint, timestamptz, text, integer);

COMMIT;
