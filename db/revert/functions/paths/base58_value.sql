-- Revert pgtill:functions/paths/base58_value from pg

BEGIN;

SET LOCAL ROLE pgtill_owner;

DROP FUNCTION paths.base58_value(text);

COMMIT;
