-- Revert pgtill:functions/ledger/begin_chain from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER accounts_begin_chain ON ledger.accounts;
DROP FUNCTION ledger.begin_chain();

COMMIT;
