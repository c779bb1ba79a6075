-- Revert pgtill:functions/wallets/register_wallets from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION wallets.register_wallets(jsonb);

COMMIT;
