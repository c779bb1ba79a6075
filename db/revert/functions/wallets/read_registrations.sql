-- Revert pgtill:functions/wallets/read_registrations from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.read_registrations(jsonb);

COMMIT;
