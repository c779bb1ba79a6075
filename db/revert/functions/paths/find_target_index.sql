-- Revert pgtill:functions/paths/find_target_index from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.find_target_index(integer, integer, integer);

COMMIT;
