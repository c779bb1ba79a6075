-- Revert pgtill:functions/paths/set_default_wallet from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.set_default_wallet(integer);

COMMIT;
