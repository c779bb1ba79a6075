-- Revert pgtill:functions/paths/record_health from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.record_health(integer, integer, integer, integer, integer);

COMMIT;
