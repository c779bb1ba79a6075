-- Revert pgtill:functions/ledger/post_holds from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.post_holds(jsonb);

COMMIT;
