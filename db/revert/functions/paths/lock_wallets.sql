-- Revert pgtill:functions/paths/lock_wallets from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.lock_wallets(integer, integer);

COMMIT;
