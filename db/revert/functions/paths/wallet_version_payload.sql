-- Revert pgtill:functions/paths/wallet_version_payload from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.wallet_version_payload(paths.wallet_versions);

COMMIT;
