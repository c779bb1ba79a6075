-- Revert pgtill:functions/ledger/post_hold from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.post_hold(jsonb);

COMMIT;
