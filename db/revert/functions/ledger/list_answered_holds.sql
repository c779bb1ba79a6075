-- Revert pgtill:functions/ledger/list_answered_holds from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.list_answered_holds(text[], text[], boolean);

COMMIT;
