-- Revert pgtill:functions/ledger/list_opened_accounts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.list_opened_accounts(text[], text[]);

COMMIT;
