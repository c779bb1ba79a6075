-- Revert pgtill:functions/paths/approve from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.approve(bigint, text, text, text, text);

COMMIT;
