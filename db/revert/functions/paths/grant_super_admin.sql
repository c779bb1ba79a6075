-- Revert pgtill:functions/paths/grant_super_admin from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.grant_super_admin(text, text, text);

COMMIT;
