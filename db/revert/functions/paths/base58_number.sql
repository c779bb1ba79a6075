-- Revert pgtill:functions/paths/base58_number from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.base58_number(numeric);

COMMIT;
