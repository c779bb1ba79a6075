-- Revert pgtill:functions/paths/create_wallet_version from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.create_wallet_version(text, text, text, text, text, integer);

COMMIT;
