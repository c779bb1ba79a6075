-- Revert pgtill:functions/paths/try_to_allocate from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.try_to_allocate(jsonb);

COMMIT;
