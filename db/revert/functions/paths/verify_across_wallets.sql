-- Revert pgtill:functions/paths/verify_across_wallets from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.verify_across_wallets(bigint, text, integer, text, integer);

COMMIT;
