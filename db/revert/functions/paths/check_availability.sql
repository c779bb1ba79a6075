-- Revert pgtill:functions/paths/check_availability from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.check_availability(integer, text);

COMMIT;
