-- Revert pgtill:functions/ledger/account_image from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION ledger.account_image(ledger.accounts);

COMMIT;
