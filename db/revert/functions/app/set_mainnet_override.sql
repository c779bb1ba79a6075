-- Revert pgtill:functions/app/set_mainnet_override from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION app.set_mainnet_override(boolean);

COMMIT;
