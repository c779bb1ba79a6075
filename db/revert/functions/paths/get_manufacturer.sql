-- Revert pgtill:functions/paths/get_manufacturer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_manufacturer(integer, integer);

COMMIT;
