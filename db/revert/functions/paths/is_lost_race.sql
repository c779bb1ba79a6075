-- Revert pgtill:functions/paths/is_lost_race from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.is_lost_race(text, text);

COMMIT;
