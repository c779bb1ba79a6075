-- Revert pgtill:functions/paths/verify_across_wallets from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.verify_across_wallets(integer, text, integer);

COMMIT;
