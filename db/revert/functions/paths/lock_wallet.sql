-- Revert pgtill:functions/paths/lock_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.lock_wallet(integer);

COMMIT;
