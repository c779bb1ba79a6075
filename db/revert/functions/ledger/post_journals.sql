-- Revert pgtill:functions/ledger/post_journals from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.post_journals(jsonb, boolean);

COMMIT;
