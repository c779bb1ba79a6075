-- Revert pgtill:functions/ledger/verify from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.verify(bigint, text);

COMMIT;
