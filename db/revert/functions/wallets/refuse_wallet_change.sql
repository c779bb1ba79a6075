-- Revert pgtill:functions/wallets/refuse_wallet_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER wallet_registry_identity_never_changes ON wallets.wallet_registry;
DROP TRIGGER wallet_registry_never_removed ON wallets.wallet_registry;
DROP FUNCTION wallets.refuse_wallet_change();

COMMIT;
