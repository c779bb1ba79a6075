-- Revert pgtill:functions/wallets/insert_registrations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.insert_registrations(jsonb);

COMMIT;
