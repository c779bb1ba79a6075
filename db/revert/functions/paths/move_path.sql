-- Revert pgtill:functions/paths/move_path from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.move_path(integer, text, integer, integer);

COMMIT;
