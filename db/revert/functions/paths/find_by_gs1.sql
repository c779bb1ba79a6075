-- Revert pgtill:functions/paths/find_by_gs1 from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.find_by_gs1(bigint, text, text, integer);

COMMIT;
