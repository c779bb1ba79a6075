-- Revert pgtill:functions/wallets/list_wallets from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.list_wallets(bigint, text, text, boolean, text, integer);

COMMIT;
