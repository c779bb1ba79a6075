-- Revert pgtill:functions/paths/continue_transfer from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.continue_transfer(bigint, text, text, integer);

COMMIT;
