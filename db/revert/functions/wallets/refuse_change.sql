-- Revert pgtill:functions/wallets/refuse_change from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TRIGGER audit_events_append_only ON wallets.audit_events;
DROP TRIGGER wallet_idempotency_keys_append_only ON wallets.wallet_idempotency_keys;
DROP FUNCTION wallets.refuse_change();

COMMIT;
