-- Revert pgtill:functions/paths/move_paths from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.move_paths(integer, integer, integer, text[]);

COMMIT;
