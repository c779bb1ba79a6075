-- Revert pgtill:functions/paths/set_wallet_status from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.set_wallet_status(integer, text);

COMMIT;
