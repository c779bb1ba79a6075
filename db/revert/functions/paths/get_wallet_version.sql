-- Revert pgtill:functions/paths/get_wallet_version from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_wallet_version(integer);

COMMIT;
