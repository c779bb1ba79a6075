-- Revert pgtill:functions/paths/next_child_parents from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.next_child_parents(jsonb[]);

COMMIT;
