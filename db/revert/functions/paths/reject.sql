-- Revert pgtill:functions/paths/reject from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.reject(bigint, text, text, text, text);

COMMIT;
