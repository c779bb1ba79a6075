-- Revert pgtill:functions/paths/get_transfer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_transfer(bigint, text, text);

COMMIT;
