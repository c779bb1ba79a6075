-- Revert pgtill:functions/ledger/resolve_holds from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.resolve_holds(jsonb);

COMMIT;
