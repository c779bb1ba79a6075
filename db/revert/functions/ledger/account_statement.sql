-- Revert pgtill:functions/ledger/account_statement from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.account_statement(bigint, text, bigint, integer, timestamptz, timestamptz);

COMMIT;
