-- Revert pgtill:functions/paths/set_manufacturer_key from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.set_manufacturer_key(bigint, text, text, text, integer, integer, text, text);

COMMIT;
