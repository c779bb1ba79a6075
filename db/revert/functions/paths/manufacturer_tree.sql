-- Revert pgtill:functions/paths/manufacturer_tree from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.manufacturer_tree(integer, integer, text, integer);

COMMIT;
