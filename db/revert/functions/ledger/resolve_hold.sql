-- Revert pgtill:functions/ledger/resolve_hold from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.resolve_hold(jsonb);

COMMIT;
