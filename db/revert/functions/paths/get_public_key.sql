-- Revert pgtill:functions/paths/get_public_key from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_public_key(integer, integer);

COMMIT;
