-- Revert pgtill:functions/paths/find_manufacturer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.find_manufacturer(bigint, text, text);

COMMIT;
