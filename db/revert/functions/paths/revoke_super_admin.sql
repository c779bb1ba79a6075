-- Revert pgtill:functions/paths/revoke_super_admin from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.revoke_super_admin(text, text);

COMMIT;
