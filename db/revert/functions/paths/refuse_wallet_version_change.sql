-- Revert pgtill:functions/paths/refuse_wallet_version_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER wallet_versions_keep_their_id ON paths.wallet_versions;
DROP TRIGGER wallet_versions_never_removed ON paths.wallet_versions;

DROP FUNCTION paths.refuse_wallet_version_change();

COMMIT;
