-- Revert pgtill:tables/wallets/audit_events from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP TABLE wallets.audit_events;

COMMIT;
