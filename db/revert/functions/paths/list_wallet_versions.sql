-- Revert pgtill:functions/paths/list_wallet_versions from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.list_wallet_versions(integer, integer);

COMMIT;
