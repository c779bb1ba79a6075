-- Revert pgtill:functions/paths/open_transfer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.open_transfer(paths.manufacturer_registry, integer, text, bigint, bigint);

COMMIT;
