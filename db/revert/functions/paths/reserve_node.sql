-- Revert pgtill:functions/paths/reserve_node from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.reserve_node(integer, text);

COMMIT;
