-- Revert pgtill:functions/ledger/expire_holds from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.expire_holds(integer);

COMMIT;
