-- Revert pgtill:functions/paths/is_super_admin from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.is_super_admin(text);

COMMIT;
