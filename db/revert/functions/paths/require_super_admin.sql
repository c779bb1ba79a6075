-- Revert pgtill:functions/paths/require_super_admin from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.require_super_admin(text);

COMMIT;
