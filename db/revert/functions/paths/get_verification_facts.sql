-- Revert pgtill:functions/paths/get_verification_facts from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.get_verification_facts(integer, text);

COMMIT;
