-- Revert pgtill:functions/paths/find_by_sku from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.find_by_sku(bigint, text, text, integer);

COMMIT;
