-- Revert pgtill:views/wallets/audit_trail from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP VIEW wallets.audit_trail;

COMMIT;
