-- Revert pgtill:functions/ledger/broken_holds from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.broken_holds(bigint, text);

COMMIT;
