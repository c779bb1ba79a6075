-- Revert pgtill:functions/ledger/post_batch from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.post_batch(jsonb);

COMMIT;
